import Glibc

/// The charsets beyond UTF-8 and Latin-1, through glibc's `iconv`.
///
/// A C call in a pure target: the function depends on nothing but its arguments and glibc's tables, and
/// writing tables for GB 18030, Shift JIS or KOI8 ourselves would serve nobody. Only charsets that mail
/// is known to use are asked for, so that a message cannot make glibc load whatever converter it names.
enum GlibcIconv {
    /// - Returns: nil when the charset is not one of those; else the text, with U+FFFD for what had no
    ///   meaning in it.
    static func text(of bytes: ArraySlice<UInt8>, from charset: String) -> (text: String, isExact: Bool)? {
        guard let name = knownName(charset), let converter = iconv_open("UTF-8", name) else { return nil }
        // iconv_open says "no" with (iconv_t)-1.
        guard UInt(bitPattern: converter) != UInt.max else { return nil }
        defer { iconv_close(converter) }

        var input = bytes.map { CChar(bitPattern: $0) }
        var output: [UInt8] = []
        output.reserveCapacity(input.count * 2)
        var chunk = [CChar](repeating: 0, count: 4_096)
        var isExact = true
        input.withUnsafeMutableBufferPointer { source in
            chunk.withUnsafeMutableBufferPointer { target in
                var next = source.baseAddress
                var left = source.count
                var isFlushing = false
                while true {
                    var free = target.baseAddress
                    var room = target.count
                    let before = left
                    let result =
                        isFlushing
                        ? iconv(converter, nil, nil, &free, &room)
                        : iconv(converter, &next, &left, &free, &room)
                    let code = errno
                    output.append(
                        contentsOf: target[..<(target.count - room)].lazy.map { UInt8(bitPattern: $0) })
                    if result != -1 {
                        if isFlushing { break }
                        isFlushing = true
                        continue
                    }
                    if isFlushing { break }
                    if code == E2BIG, left < before || room < target.count { continue }
                    // An invalid or incomplete sequence: one byte is given up.
                    isExact = false
                    output += [0xEF, 0xBF, 0xBD]
                    guard left > 1, let here = next else { break }
                    next = here + 1
                    left -= 1
                }
            }
        }
        return (String(decoding: output, as: UTF8.self), isExact)
    }

    /// glibc's name for a charset of mail, in its spelling and in those of Microsoft and old clients.
    private static func knownName(_ charset: String) -> String? {
        let name = charset.lowercased()
        guard name.utf8.count <= 32,
            name.utf8.allSatisfy({
                $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E
            })
        else { return nil }
        if let alias = aliases[name] { return alias }
        let families = [
            "iso-8859-", "iso8859-", "windows-12", "windows-874", "cp12", "cp8", "cp9", "koi8-", "gb",
            "big5", "shift",
            "sjis", "euc-", "iso-2022-jp", "iso-2022-kr", "tis-620", "utf-16", "utf-32", "utf-7",
            "macintosh",
            "ibm8", "viscii", "johab", "uhc",
        ]
        return families.contains { name.hasPrefix($0) } ? name : nil
    }

    private static let aliases = [
        "ks_c_5601-1987": "UHC", "ks_c_5601": "UHC", "ksc5601": "UHC", "euc-kr": "UHC", "x-sjis": "CP932",
        "shift_jis": "CP932", "shift-jis": "CP932", "windows-31j": "CP932", "ms_kanji": "CP932",
        "gb2312": "GB18030",
        "gbk": "GB18030", "x-gbk": "GB18030", "gb_2312-80": "GB18030", "hz-gb-2312": "GB18030",
        "big5": "BIG5-HKSCS", "x-euc-jp": "EUC-JP", "iso-8859-8-i": "ISO-8859-8",
        "iso-8859-8-e": "ISO-8859-8",
        "iso-2022-jp": "ISO-2022-JP-3", "x-mac-roman": "MACINTOSH", "mac": "MACINTOSH", "unicode": "UTF-16",
        "cp-850": "CP850", "latin2": "ISO-8859-2", "latin-2": "ISO-8859-2", "cp936": "GB18030",
        "cp949": "UHC", "unicode-1-1-utf-7": "UTF-7", "cp950": "BIG5", "cp932": "CP932",
    ]
}
