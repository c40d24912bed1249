// Reads a calendar from standard input with KDE's calendar core, as KOrganizer and KMail do; writes what it saw as JSON.
#include <KCalendarCore/Event>
#include <KCalendarCore/ICalFormat>
#include <KCalendarCore/MemoryCalendar>
#include <KCalendarCore/ScheduleMessage>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTextStream>
#include <QTimeZone>

using namespace KCalendarCore;

static QString address(const QString &email)
{
    return email.toLower();
}

static QString status(const Event::Ptr &event)
{
    switch (event->status()) {
    case Incidence::StatusCanceled:
        return QStringLiteral("CANCELLED");
    case Incidence::StatusConfirmed:
        return QStringLiteral("CONFIRMED");
    default:
        return QString();
    }
}

static QJsonObject seen(const Event::Ptr &event)
{
    QJsonArray organisers, attendees, names, asked;
    if (!event->organizer().email().isEmpty()) {
        organisers.append(address(event->organizer().email()));
    }
    for (const Attendee &one : event->attendees()) {
        attendees.append(address(one.email()));
        names.append(one.name());
        asked.append(one.RSVP());
    }
    const bool isFloating = event->allDay() || event->dtStart().timeSpec() == Qt::LocalTime;
    return {
        {QStringLiteral("uid"), event->uid()},
        {QStringLiteral("sequence"), event->revision()},
        {QStringLiteral("starts"), event->dtStart().toSecsSinceEpoch()},
        {QStringLiteral("ends"), event->dtEnd().toSecsSinceEpoch()},
        {QStringLiteral("is_floating"), isFloating},
        {QStringLiteral("status"), status(event)},
        {QStringLiteral("summary"), event->summary()},
        {QStringLiteral("description"), event->description()},
        {QStringLiteral("location"), event->location()},
        {QStringLiteral("link"), event->url().toString()},
        {QStringLiteral("organisers"), organisers},
        {QStringLiteral("attendees"), attendees},
        {QStringLiteral("names"), names},
        {QStringLiteral("asked"), asked},
    };
}

int main()
{
    QFile in;
    if (!in.open(stdin, QIODevice::ReadOnly)) {
        return 1;
    }
    const QByteArray given = in.readAll();
    ICalFormat format;
    MemoryCalendar::Ptr calendar(new MemoryCalendar(QTimeZone::utc()));
    if (!format.fromRawString(calendar, given)) {
        QTextStream(stderr) << "KDE's calendar core cannot read this at all\n";
        return 1;
    }
    QJsonArray events;
    for (const Event::Ptr &event : calendar->rawEvents(EventSortStartDate, SortDirectionAscending)) {
        events.append(seen(event));
    }
    // Into an empty calendar: whether it is a message at all, and which.
    MemoryCalendar::Ptr empty(new MemoryCalendar(QTimeZone::utc()));
    const ScheduleMessage::Ptr message = format.parseScheduleMessage(empty, QString::fromUtf8(given));
    const bool isMessage = message && given.contains("\nMETHOD:");
    const QJsonObject answer{
        {QStringLiteral("method"), isMessage ? ScheduleMessage::methodName(message->method()).toUpper() : QString()},
        {QStringLiteral("title"), calendar->nonKDECustomProperty("X-WR-CALNAME")},
        {QStringLiteral("events"), events},
    };
    QTextStream(stdout) << QJsonDocument(answer).toJson(QJsonDocument::Compact);
    return 0;
}
