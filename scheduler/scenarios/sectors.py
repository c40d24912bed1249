"""What the invented companies make: the word in their Korean and in their English name."""

Sectors = tuple[tuple[str, str], ...]

FOOD: Sectors = (
    ("식품", "Foods"),
    ("푸드", "Food Lab"),
    ("음료", "Beverages"),
    ("김치", "Kimchi"),
    ("차", "Tea"),
    ("수산", "Seafood"),
)
BEAUTY: Sectors = (
    ("화장품", "Cosmetics"),
    ("뷰티", "Beauty"),
    ("헤어", "Haircare"),
    ("향료", "Fragrance"),
)
LIVING: Sectors = (
    ("생활", "Living"),
    ("주방", "Kitchenware"),
    ("유아", "Baby Goods"),
    ("섬유", "Textiles"),
    ("도자기", "Ceramics"),
    ("문구", "Stationery"),
)
INDUSTRY: Sectors = (
    ("화학", "Chemicals"),
    ("천연색소", "Natural Colours"),
    ("전기", "Electric"),
    ("송풍기", "Blowers"),
    ("정밀", "Precision"),
    ("금속", "Metals"),
    ("포장", "Packaging"),
    ("밸브", "Valves"),
)
HEALTH: Sectors = (
    ("의료기", "Medical Devices"),
    ("바이오", "Bio"),
    ("방역", "Hygiene"),
    ("헬스", "Health"),
)
TECHNOLOGY: Sectors = (
    ("소프트", "Software"),
    ("로봇", "Robotics"),
    ("센서", "Sensors"),
    ("조명", "Lighting"),
    ("에너지", "Energy"),
)
EVERYTHING: Sectors = (*FOOD, *BEAUTY, *LIVING, *INDUSTRY, *HEALTH, *TECHNOLOGY)
