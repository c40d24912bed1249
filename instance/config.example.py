"""Copy this file to config.py beside it and keep the lines you need: every setting has a default.

A variable of the environment, such as SANGDAM_PORT=8080, overrides the line here. The meaning of each setting
and its default are in scheduler/settings.py. Keep config.py readable for the program's own user only.
"""

# Where people reach the program. Every link in a mail begins with it.
BASE_ADDRESS = "https://sangdam.example.go.kr"
# One reverse proxy stands in front and does TLS.
PROXIES = 1

# The name on every page, and the city's own time zone.
CITY = "예시시 수출지원과"
HOME_ZONE = "Asia/Seoul"
LANGUAGE = "ko"

# One machine needs no line here and uses instance/scheduler.sqlite. Several machines share a PostgreSQL.
DATABASE_URL = "postgresql+psycopg://sangdam@db.example.go.kr/sangdam"

# A streaming standby of it, for schedules, feeds and displays.
REPLICA_URL = "postgresql+psycopg://sangdam@standby.example.go.kr/sangdam"

# Without SMTP_HOST mail goes into the folder instance/mailbox, which the pages show too.
SMTP_HOST = "smtp.example.go.kr"
SMTP_PORT = 587
SMTP_SECURITY = "starttls"
SMTP_USER = "sangdam"
SMTP_PASSWORD = "better given as SANGDAM_SMTP_PASSWORD"
MAIL_FROM = "sangdam@example.go.kr"

# Answers to invites arrive in the mailbox of MAIL_FROM. Without IMAP_HOST a mail server can hand each of them to
# `sangdam receive` instead.
IMAP_HOST = "imap.example.go.kr"
IMAP_USER = "sangdam"
IMAP_PASSWORD = "better given as SANGDAM_IMAP_PASSWORD"

# Reminders go out one day and one hour before a session; a held slot waits ten minutes.
REMINDER_MINUTES = (1440, 60)
HOLD_MINUTES = 10
