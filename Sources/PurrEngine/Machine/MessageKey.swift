/// What makes two copies of a message the same one, in whichever folder they lie.
///
/// Not the Message-ID alone: a sender that uses one id for an automatic answer and, later, for a person's
/// would otherwise hide the person's (spec replies R2.d). All the fields that are fetched count; those that a
/// server adds as it files are not among them.
enum MessageKey {
    /// 128 bits of FNV-1a over the header, white space aside, in hexadecimal.
    ///
    /// Chance collisions are out of reach; a forged one could only hide a message of its own sender.
    static func of(_ header: [UInt8]) -> String {
        var first: UInt64 = 0xcbf2_9ce4_8422_2325
        var second: UInt64 = 0x6c62_272e_07bb_0142
        for byte in header where byte > 0x20 {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte ^ 0x5a)) &* 0x100_0000_01b3
            second ^= second >> 29
        }
        return hexadecimal(first) + hexadecimal(second)
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
