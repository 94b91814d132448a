internal import PurrMail

/// What makes two copies of a message the same one, in whichever folder they lie.
///
/// Not the Message-ID alone: a sender that uses one id for an automatic answer and, later, for a person's
/// would otherwise hide the person's (spec replies R2.d). Not the whole header either: a server adds fields
/// as it files.
enum MessageKey {
    private static let fields = ["Message-ID", "Date", "From", "Subject", "In-Reply-To", "References", "Content-Type"]

    /// 128 bits of FNV-1a over the fields, white space aside, in hexadecimal.
    ///
    /// Chance collisions are out of reach; a forged one could only hide a message of its own sender.
    static func of(_ header: MessageHeader) -> String {
        var first: UInt64 = 0xcbf2_9ce4_8422_2325
        var second: UInt64 = 0x6c62_272e_07bb_0142
        func mix(_ byte: UInt8) {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte ^ 0x5a)) &* 0x100_0000_01b3
            second ^= second >> 29
        }
        for field in fields {
            for byte in header.raw(field) ?? [] where byte > 0x20 { mix(byte) }
            mix(0)
        }
        return hexadecimal(first) + hexadecimal(second)
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
