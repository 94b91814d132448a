/// The codes that say why, wherever they stand in a text.
///
/// Source: RFC 3463 §2 (enhanced), RFC 5321 §4.2 (three digits).
enum StatusCode {
    /// The first `5.1.1` or `4.2.2`; a success only when there is nothing else.
    static func enhanced(in text: SearchText) -> String? {
        let bytes = text.bytes
        var success: String?
        var index = 0
        while index + 4 < bytes.count {
            defer { index += 1 }
            guard bytes[index + 1] == 0x2E, [0x32, 0x34, 0x35].contains(bytes[index]) else { continue }
            if index > 0, isNumeric(bytes[index - 1]) { continue }
            var end = index + 2
            let subject = digits(bytes, at: end)
            end += subject
            guard (1...3).contains(subject), end < bytes.count, bytes[end] == 0x2E else { continue }
            let detail = digits(bytes, at: end + 1)
            end += 1 + detail
            guard (1...3).contains(detail) else { continue }
            // An IP address or a version goes on.
            if end + 1 < bytes.count, bytes[end] == 0x2E, bytes[end + 1] >= 0x30, bytes[end + 1] <= 0x39 {
                continue
            }
            let code = String(decoding: bytes[index..<end], as: UTF8.self)
            if bytes[index] != 0x32 { return code }
            if success == nil { success = code }
        }
        return success
    }

    /// The first three-digit reply code of a refusal that stands as one: `550 `, `(550)`, `550-`, `#550`.
    static func basic(in text: SearchText) -> Int? {
        let bytes = text.bytes
        var index = 0
        while index + 2 < bytes.count {
            defer { index += 1 }
            guard bytes[index] == 0x34 || bytes[index] == 0x35, digits(bytes, at: index) == 3 else {
                continue
            }
            if index > 0, isNumeric(bytes[index - 1]) || isWord(bytes[index - 1]) { continue }
            let end = index + 3
            if end < bytes.count,
                isWord(bytes[end]) || bytes[end] == 0x2E && end + 1 < bytes.count && isWord(bytes[end + 1])
            {
                continue
            }
            let code = bytes[index..<end].reduce(0) { $0 * 10 + Int($1 - 0x30) }
            if known.contains(code) { return code }
        }
        return nil
    }

    private static let known: Set<Int> = [
        421, 422, 432, 450, 451, 452, 454, 455, 471, 500, 501, 502, 503, 504, 510, 511, 512, 513, 521, 523,
        530, 535, 541,
        550, 551, 552, 553, 554, 555, 556, 557, 571,
    ]

    private static func digits(_ bytes: [UInt8], at start: Int) -> Int {
        var count = 0
        while start + count < bytes.count, count < 5, bytes[start + count] >= 0x30,
            bytes[start + count] <= 0x39
        {
            count += 1
        }
        return count
    }

    private static func isNumeric(_ byte: UInt8) -> Bool { byte == 0x2E || (byte >= 0x30 && byte <= 0x39) }

    private static func isWord(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7A) || byte >= 0x80 || byte == 0x40
            || byte == 0x5F
    }
}
