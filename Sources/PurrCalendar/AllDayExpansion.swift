internal import CIcal
import PurrMail

/// Expands recurrences day by day within bounds.
struct AllDayExpansion {
    /// Days since 1970-01-01.
    let first: Int
    let last: Int
    /// Steps that libical may still take, over all events of a file.
    private var steps = 1_000_000

    init(first: Int, last: Int) {
        self.first = first
        self.last = last
    }

    /// The days on which an event begins; some may lie outside the bounds.
    ///
    /// - Returns: nil when that takes too many steps.
    mutating func starts(of event: IcalEvent, from start: Int) -> Set<Int>? {
        // RFC 5545 §3.8.5.3: the first occurrence counts whatever the rules say.
        var starts = event.days(ICAL_RDATE_PROPERTY)
        starts.insert(start)
        for property in unsafe event.properties(ICAL_RRULE_PROPERTY) {
            var rule = unsafe icalproperty_get_rrule(property)
            // From where libical has to count, and how often it looks in a year.
            let from = rule.count > 0 ? start : max(start, first - 31)
            let looks =
                switch rule.freq {
                case ICAL_YEARLY_RECURRENCE: 4
                case ICAL_MONTHLY_RECURRENCE: 12
                case ICAL_WEEKLY_RECURRENCE: 53
                default: 366
                }
            guard from <= last else { continue }
            steps -= ((last - from) / 365 + 1) * looks
            guard steps > 0 else { return nil }
            let bound = icaltimetype(day: last)
            if unsafe icaltime_is_null_time(rule.until) != 0 || icaltime_compare(rule.until, bound) > 0 {
                unsafe rule.until = bound
            }
            guard let iterator = unsafe icalrecur_iterator_new(rule, icaltimetype(day: start)) else { continue }
            defer { unsafe icalrecur_iterator_free(iterator) }
            if rule.count == 0, from > start {
                _ = unsafe icalrecur_iterator_set_start(iterator, icaltimetype(day: from))
            }
            while starts.count < 100_000 {
                let next = unsafe icalrecur_iterator_next(iterator)
                guard unsafe icaltime_is_null_time(next) == 0, let day = unsafe next.daysSince1970, day <= last else {
                    break
                }
                starts.insert(day)
            }
        }
        return starts
    }
}

extension icaltimetype {
    /// A whole day.
    init(day: Int) {
        let civil = MailDate.civil(day)
        unsafe self = icaltime_null_date()
        unsafe year = CInt(civil.year)
        unsafe month = CInt(civil.month)
        unsafe self.day = CInt(civil.day)
    }

    /// nil outside the years 1583 to 2999, where nobody has holidays.
    var daysSince1970: Int? {
        let (year, month, day) = unsafe (Int(self.year), Int(self.month), Int(self.day))
        guard (1_583...2_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        return MailDate.daysSince1970(year: year, month: month, day: day)
    }
}

extension IcalEvent {
    /// The day of a property, whatever its time.
    func day(_ kind: icalproperty_kind) -> Int? {
        guard let property = unsafe property(kind), let value = unsafe icalproperty_get_value(property) else {
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
                unsafe String(cString: name).uppercased() == "X-MICROSOFT-CDO-ALLDAYEVENT",
                let value = unsafe icalproperty_get_value_as_string_r(property)
            else { continue }
            defer { unsafe icalmemory_free_buffer(value) }
            return unsafe String(cString: value).uppercased() == "TRUE"
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
