internal import CIcal

// Every pointer of libical lives and dies inside `withEvents`.

/// An event as libical has read it; not to be kept beyond the closure that it was given to.
@safe
struct IcalEvent {
    let calendar: OpaquePointer
    let component: OpaquePointer

    /// The first property of a kind.
    func property(_ kind: icalproperty_kind) -> OpaquePointer? {
        unsafe icalcomponent_get_first_property(component, kind)
    }

    /// All properties of a kind.
    func properties(_ kind: icalproperty_kind) -> [OpaquePointer] {
        var found: [OpaquePointer] = []
        var next = unsafe icalcomponent_get_first_property(component, kind)
        while let property = unsafe next {
            unsafe found.append(property)
            unsafe next = icalcomponent_get_next_property(component, kind)
        }
        return unsafe found
    }

    /// Whether it is one occurrence of a series (RFC 5545 §3.8.4.4).
    var isOccurrence: Bool { unsafe property(ICAL_RECURRENCEID_PROPERTY) != nil }

    func text(_ kind: icalproperty_kind) -> String? {
        unsafe property(kind).map { Self.unescaped(unsafe Self.text(of: $0)) }
    }

    /// All values of a kind, as written.
    func texts(_ kind: icalproperty_kind) -> [String] {
        unsafe properties(kind).map { unsafe Self.text(of: $0) }
    }

    @unsafe
    static func text(of property: OpaquePointer) -> String {
        guard let text = unsafe icalproperty_get_value_as_string_r(property) else { return "" }
        defer { unsafe icalmemory_free_buffer(text) }
        return unsafe String(cString: text)
    }

    /// RFC 5545 §3.3.11.
    private static func unescaped(_ text: String) -> String {
        var output = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                output.append(character == "n" || character == "N" ? " " : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                output.append(character)
            }
        }
        return output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// Parses harmless text and hands over the calendar and its events.
///
/// - Returns: nil when libical reads no calendar.
func withEvents<Result>(
    of text: CalendarText, _ body: (_ method: icalproperty_method, _ events: [IcalEvent]) -> Result
) -> Result? {
    var bytes = text.bytes.map { CChar(bitPattern: $0) }
    bytes.append(0)
    guard let root = unsafe icalparser_parse_string(bytes) else { return nil }
    defer { unsafe icalcomponent_free(root) }
    // Several calendars in one file come in a component without a name.
    var calendars: [OpaquePointer] = []
    if unsafe icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT {
        unsafe calendars.append(root)
    } else {
        var next = unsafe icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT)
        while let calendar = unsafe next {
            unsafe calendars.append(calendar)
            unsafe next = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT)
        }
    }
    guard let first = unsafe calendars.first else { return nil }
    var events: [IcalEvent] = []
    for calendar in unsafe calendars {
        var next = unsafe icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT)
        while let component = unsafe next {
            unsafe events.append(IcalEvent(calendar: calendar, component: component))
            unsafe next = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)
        }
    }
    return unsafe body(icalcomponent_get_method(first), events)
}
