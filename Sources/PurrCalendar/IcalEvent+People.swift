internal import CIcal
import Foundation
import PurrMail

extension IcalEvent {
    var organizer: EmailAddress? {
        unsafe property(ICAL_ORGANIZER_PROPERTY).flatMap { unsafe Self.address($0) }
    }

    var attendees: [CalendarMessage.Attendee] {
        unsafe properties(ICAL_ATTENDEE_PROPERTY).compactMap { property in
            guard let address = unsafe Self.address(property) else { return nil }
            return CalendarMessage.Attendee(
                address: address, participation: unsafe Self.participation(property))
        }
    }

    /// `mailto:kari@example.org`; Exchange's own users may have the address in a parameter alone.
    @unsafe
    private static func address(_ property: OpaquePointer) -> EmailAddress? {
        var texts = [unsafe text(of: property)]
        if let parameter = unsafe icalproperty_get_first_parameter(property, ICAL_EMAIL_PARAMETER),
            let text = unsafe icalparameter_get_email(parameter)
        {
            unsafe texts.append(String(cString: text))
        }
        for text in texts {
            let bare = text.lowercased().hasPrefix("mailto:") ? String(text.dropFirst(7)) : text
            if let address = EmailAddress(bare) { return address }
        }
        return nil
    }

    /// RFC 5545 §3.2.12: without the parameter no answer has been given.
    @unsafe
    private static func participation(_ property: OpaquePointer) -> CalendarMessage.Participation {
        guard let parameter = unsafe icalproperty_get_first_parameter(property, ICAL_PARTSTAT_PARAMETER)
        else {
            return .needsAction
        }
        switch unsafe icalparameter_get_partstat(parameter) {
        case ICAL_PARTSTAT_ACCEPTED: return .accepted
        case ICAL_PARTSTAT_DECLINED: return .declined
        case ICAL_PARTSTAT_TENTATIVE: return .tentative
        case ICAL_PARTSTAT_DELEGATED: return .delegated
        default: return .needsAction
        }
    }
}

extension IcalEvent {
    /// A time in the zone that the calendar itself defines, else in the IANA zone of that name.
    func moment(_ kind: icalproperty_kind) -> CalendarMessage.Moment? {
        guard let property = unsafe property(kind), let value = unsafe icalproperty_get_value(property)
        else {
            return nil
        }
        let time = unsafe icalvalue_get_datetime(value)
        guard let day = unsafe time.daysSince1970 else { return nil }
        let second = unsafe Int(time.hour) * 3_600 + Int(time.minute) * 60 + Int(time.second)
        let local = Double(day * 86_400 + min(max(second, 0), 86_400))
        if unsafe time.is_date != 0 {
            return .init(
                instant: Date(timeIntervalSince1970: Double(day * 86_400)), zone: nil, isWholeDay: true)
        }
        if unsafe icaltime_is_utc(time) != 0 {
            return .init(instant: Date(timeIntervalSince1970: local), zone: "UTC", isWholeDay: false)
        }
        guard let parameter = unsafe icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER),
            let text = unsafe icalparameter_get_tzid(parameter)
        else { return .init(instant: Date(timeIntervalSince1970: local), zone: nil, isWholeDay: false) }
        let name = unsafe String(cString: text)
        if let zone = unsafe icalcomponent_get_timezone(calendar, text) {
            let seconds = unsafe icaltime_as_timet_with_zone(time, zone)
            return .init(
                instant: Date(timeIntervalSince1970: Double(seconds)), zone: name, isWholeDay: false)
        }
        guard let zone = Self.zone(named: name) else {
            return .init(instant: Date(timeIntervalSince1970: local), zone: nil, isWholeDay: false)
        }
        let guess = local - Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: local)))
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: guess))
        return .init(
            instant: Date(timeIntervalSince1970: local - Double(offset)), zone: name, isWholeDay: false)
    }

    /// An IANA zone, also behind a vendor's path (`/mozilla.org/20070129_1/Europe/Oslo`), or Windows' name.
    private static func zone(named name: String) -> TimeZone? {
        if let zone = TimeZone(identifier: name) { return zone }
        if let known = windowsZones[name.lowercased()] { return TimeZone(identifier: known) }
        let path = name.split(separator: "/")
        guard name.hasPrefix("/"), path.count > 2 else { return nil }
        for length in [3, 2, 1] where path.count > length {
            if let zone = TimeZone(identifier: path.suffix(length).joined(separator: "/")) { return zone }
        }
        return nil
    }

    /// By `DURATION`, where there is no end.
    func end(of start: CalendarMessage.Moment) -> CalendarMessage.Moment? {
        guard let property = unsafe property(ICAL_DURATION_PROPERTY) else { return nil }
        let seconds = unsafe Double(icaldurationtype_as_int(icalproperty_get_duration(property)))
        guard seconds >= 0 else { return nil }
        return .init(
            instant: start.instant.addingTimeInterval(seconds), zone: start.zone,
            isWholeDay: start.isWholeDay)
    }
}
