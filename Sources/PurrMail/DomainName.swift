import Foundation

/// Domain names between people's scripts and the ASCII that DNS and SMTP carry.
enum DomainName {
    /// `blåbær.example` → `xn--blbr-roah.example`.
    ///
    /// Small letters and NFC stand in for the whole mapping of UTS 46; what that leaves wrong is
    /// refused by the check of the result or by DNS.
    ///
    /// - Returns: nil when a label cannot be encoded.
    static func ascii(_ domain: String) -> String? {
        let dots: Set<Character> = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]
        let labels = domain.lowercased().precomposedStringWithCanonicalMapping
            .split(omittingEmptySubsequences: false) { dots.contains($0) }
        var ascii: [String] = []
        for label in labels {
            guard label.utf8.count <= 255 else { return nil }
            if label.utf8.allSatisfy({ $0 < 0x80 }) {
                ascii.append(String(label))
            } else {
                guard label.unicodeScalars.allSatisfy(mayStandInLabel),
                    let encoded = punycode(label.unicodeScalars.map(\.value))
                else { return nil }
                ascii.append("xn--" + encoded)
            }
        }
        return ascii.joined(separator: ".")
    }

    /// Letters, digits and marks, as RFC 5892 has it in the large.
    private static func mayStandInLabel(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber:
            true
        default: scalar == "-" || scalar == "\u{30FB}"
        }
    }

    /// RFC 3492 §6.3 with the parameters of §5.
    private static func punycode(_ input: [UInt32]) -> String? {
        let digits = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var output = input.filter { $0 < 0x80 }.map { UInt8($0) }
        let basicCount = output.count
        if basicCount > 0 { output.append(.hyphen) }
        var current: UInt32 = 0x80
        var delta = 0
        var bias = 72
        var handled = basicCount
        while handled < input.count {
            guard let next = input.lazy.filter({ $0 >= current }).min() else { return nil }
            // At most 255 scalars below 0x110000: the product stays far below Int.max.
            delta += Int(next - current) * (handled + 1)
            current = next
            for scalar in input {
                if scalar < current { delta += 1 }
                guard scalar == current else { continue }
                var rest = delta
                var step = 36
                while true {
                    let threshold = min(max(step - bias, 1), 26)
                    if rest < threshold { break }
                    output.append(digits[threshold + (rest - threshold) % (36 - threshold)])
                    rest = (rest - threshold) / (36 - threshold)
                    step += 36
                }
                output.append(digits[rest])
                bias = adaptedBias(delta: delta, points: handled + 1, isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            delta += 1
            current += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// RFC 3492 §6.1.
    private static func adaptedBias(delta: Int, points: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / points
        var steps = 0
        while delta > 455 {
            delta /= 35
            steps += 36
        }
        return steps + 36 * delta / (delta + 38)
    }
}
