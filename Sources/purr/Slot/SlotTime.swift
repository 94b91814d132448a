import PurrSequences

/// A time as a line gives it: an instant, or what a clock on the wall showed.
struct SlotTime: Equatable {
    /// Since 1970; of the wall when ``isLocal``.
    let seconds: Int
    let isLocal: Bool

    /// - Parameter seconds: Since 1970, an instant.
    init(seconds: Int) {
        self.seconds = seconds
        isLocal = false
    }

    /// Reads `2026-11-23T10:12`, with seconds, fractions and an offset (`Z`, `+01:00`) if they are there
    /// (RFC 3339 §5.6); without one it is local.
    init?(_ text: [UInt8]) {
        var rest = text[...]
        guard let year = Self.number(4, &rest), Self.mark("-", &rest), let month = Self.number(2, &rest),
            Self.mark("-", &rest), let day = Self.number(2, &rest),
            let date = LocalDay(year: year, month: month, day: day),
            Self.mark("T", &rest) || Self.mark("t", &rest) || Self.mark(" ", &rest),
            let hour = Self.number(2, &rest), hour < 24, Self.mark(":", &rest),
            let minute = Self.number(2, &rest), minute < 60
        else { return nil }
        var second = 0
        if Self.mark(":", &rest) {
            guard let read = Self.number(2, &rest), read <= 60 else { return nil }
            second = min(read, 59)
            if Self.mark(".", &rest) { rest = rest.drop { (0x30...0x39).contains($0) } }
        }
        let wall = date.ordinal * 86_400 + hour * 3_600 + minute * 60 + second
        guard !rest.isEmpty else {
            seconds = wall
            isLocal = true
            return
        }
        guard let offset = Self.offset(&rest), rest.isEmpty else { return nil }
        seconds = wall - offset
        isLocal = false
    }

    /// Seconds east of Greenwich.
    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int? {
        if mark("Z", &rest) || mark("z", &rest) { return 0 }
        let sign = mark("+", &rest) ? 1 : mark("-", &rest) ? -1 : 0
        guard sign != 0, let hours = number(2, &rest), hours < 24 else { return nil }
        _ = mark(":", &rest)
        let minutes = rest.isEmpty ? 0 : number(2, &rest)
        guard let minutes, minutes < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }

    /// Reads `09:00`, and 24:00 as the last minute of the day.
    static func minute(_ text: [UInt8]) -> Int? {
        var rest = text[...]
        guard let hour = number(2, &rest), mark(":", &rest), let minute = number(2, &rest), minute < 60,
            rest.isEmpty, hour < 24 || (hour == 24 && minute == 0)
        else { return nil }
        return min(hour * 60 + minute, 1_439)
    }

    /// Reads `2026-11-24`.
    static func day(_ text: [UInt8]) -> LocalDay? {
        var rest = text[...]
        guard let year = number(4, &rest), mark("-", &rest), let month = number(2, &rest), mark("-", &rest),
            let day = number(2, &rest), rest.isEmpty
        else { return nil }
        return LocalDay(year: year, month: month, day: day)
    }

    private static func number(_ digits: Int, _ rest: inout ArraySlice<UInt8>) -> Int? {
        guard rest.count >= digits else { return nil }
        var value = 0
        for byte in rest.prefix(digits) {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        rest = rest.dropFirst(digits)
        return value
    }

    private static func mark(_ mark: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest = rest.dropFirst()
        return true
    }
}
