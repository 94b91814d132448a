internal import CIcal
import PurrMail

extension icaltimetype {
    /// nil outside the years 1583 to 2999, where nobody has holidays.
    var daysSince1970: Int? {
        let (year, month, day) = unsafe (Int(self.year), Int(self.month), Int(self.day))
        guard (1_583...2_999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        return MailDate.daysSince1970(year: year, month: month, day: day)
    }
}

extension IcalEvent {
    /// The day of a property, whatever its time.
    func day(_ kind: icalproperty_kind) -> Int? {
        guard let property = unsafe property(kind), let value = unsafe icalproperty_get_value(property)
        else {
            return nil
        }
        return unsafe icalvalue_get_datetime(value).daysSince1970
    }

    /// The days of all properties of a kind.
    func days(_ kind: icalproperty_kind) -> Set<Int> {
        var found: Set<Int> = []
        for property in unsafe properties(kind) {
            guard let value = unsafe icalproperty_get_value(property) else { continue }
            let time =
                unsafe icalvalue_isa(value) == ICAL_DATETIMEPERIOD_VALUE
                ? icalvalue_get_datetimeperiod(value).time : icalvalue_get_datetime(value)
            if let day = unsafe time.daysSince1970 { found.insert(day) }
        }
        return found
    }

    /// The day on which an event begins that lasts whole days: a date, or Exchange's midnight.
    var allDayStart: Int? {
        guard let property = unsafe property(ICAL_DTSTART_PROPERTY),
            let value = unsafe icalproperty_get_value(property)
        else { return nil }
        let time = unsafe icalvalue_get_datetime(value)
        let isMidnight = unsafe time.hour == 0 && time.minute == 0 && time.second == 0
        guard unsafe time.is_date != 0 || (isMidnight && isMarkedAllDay) else { return nil }
        return unsafe time.daysSince1970
    }

    /// MS-OXCICAL §2.1.3.1.1.20.28.
    private var isMarkedAllDay: Bool {
        for property in unsafe properties(ICAL_X_PROPERTY) {
            guard let name = unsafe icalproperty_get_x_name(property),
                unsafe String(cString: name).uppercased() == "X-MICROSOFT-CDO-ALLDAYEVENT"
            else { continue }
            return unsafe Self.text(of: property).uppercased() == "TRUE"
        }
        return false
    }

    /// 1 to 31: `DTEND` is the day after (RFC 5545 §3.6.1).
    func lengthInDays(from start: Int) -> Int {
        if let end = day(ICAL_DTEND_PROPERTY) { return min(max(end - start, 1), 31) }
        guard let property = unsafe property(ICAL_DURATION_PROPERTY) else { return 1 }
        let seconds = unsafe Int(icaldurationtype_as_int(icalproperty_get_duration(property)))
        return min(max(seconds / 86_400, 1), 31)
    }

    var isCancelled: Bool {
        guard let property = unsafe property(ICAL_STATUS_PROPERTY) else { return false }
        return unsafe icalproperty_get_status(property) == ICAL_STATUS_CANCELLED
    }
}
