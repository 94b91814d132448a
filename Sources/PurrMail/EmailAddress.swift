/// One mailbox, such as `kari@example.org`: what SMTP needs and no more.
///
/// Cannot hold a control character, a blank, or anything else that would end an SMTP command or a
/// header field early (spec M1.5). A domain in another script is kept in its ASCII form.
///
/// Source: RFC 5321 §4.1.2 and §4.5.3.1 (64 bytes before the `@`, 254 in all); RFC 5890 for the domain.
package struct EmailAddress: Hashable, Sendable {
    /// As it was written, the domain in ASCII: `Kari.Nordmann@Example.org`.
    package let text: String

    /// Reads a bare address.
    ///
    /// Nothing is trimmed or repaired: who reads files or forms does that, and says so. Two dots in a
    /// row pass, because mailboxes like that exist at Japanese carriers.
    ///
    /// - Returns: nil for anything that no mail server should be asked to deliver to: no domain, a
    ///   domain without a dot, a literal such as `[127.0.0.1]`, a quoted or non-ASCII local part.
    package init?(_ text: String) { self.init(bytes: Array(text.utf8)[...]) }

    /// The same, from bytes.
    init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count <= 1_024, let at = bytes.lastIndex(of: .at) else { return nil }
        let local = bytes[..<at]
        guard (1...64).contains(local.count), local.first != .dot, local.last != .dot,
            local.allSatisfy(Self.isLocalByte)
        else { return nil }
        let domain = bytes[(at + 1)...]
        if Self.isDomain(domain) {
            text = String(decoding: bytes, as: UTF8.self)
        } else {
            guard domain.contains(where: { $0 >= 0x80 }),
                let ascii = DomainName.ascii(String(decoding: domain, as: UTF8.self)),
                Self.isDomain(Array(ascii.utf8)[...])
            else { return nil }
            text = String(decoding: local, as: UTF8.self) + "@" + ascii
        }
        guard text.utf8.count <= 254 else { return nil }
    }

    /// RFC 5322 §3.2.3 `atext`, and the dot between atoms.
    private static func isLocalByte(_ byte: UInt8) -> Bool {
        guard byte > 0x20, byte < 0x7F else { return false }
        switch byte {
        case .openParenthesis, .closeParenthesis, .lessThan, .greaterThan, 0x5B, 0x5D, .colon, .semicolon,
            .at,
            .backslash, .comma, .quote:
            return false
        default: return true
        }
    }

    /// Labels of 1 to 63 letters, digits and hyphens, two or more, not all digits at the end.
    private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count <= 253 else { return false }
        var labels = 0
        var length = 0
        var hasLetter = false
        var previous: UInt8 = .dot
        for byte in bytes {
            if byte == .dot {
                guard length > 0, previous != .hyphen else { return false }
                labels += 1
                length = 0
                hasLetter = false
            } else {
                guard
                    byte.isASCIILetter || byte.isASCIIDigit || byte == .underscore
                        || (byte == .hyphen && length > 0)
                else { return false }
                if !byte.isASCIIDigit { hasLetter = true }
                length += 1
                guard length <= 63 else { return false }
            }
            previous = byte
        }
        return labels >= 1 && length > 0 && previous != .hyphen && hasLetter
    }

    private var atIndex: String.Index { text.utf8.lastIndex(of: .at) ?? text.startIndex }

    /// What stands before the `@`, as written.
    package var localPart: String { String(text[..<atIndex]) }

    /// What stands after the `@`, in small letters.
    package var domain: String { String(text[text.index(after: atIndex)...]).lowercased() }

    /// The whole in small letters: two addresses with the same key are the same contact.
    ///
    /// RFC 5321 §2.4 lets a host tell `Kari@` from `kari@`; none in use does.
    package var key: String { text.lowercased() }

    /// What spellings of one mailbox have in common: no `+tag`, and no dots where the provider
    /// ignores them.
    ///
    /// Good for finding a sender, never for sending. Subaddresses: RFC 5233; the dots: Gmail's help.
    package var canonicalKey: String {
        let key = key
        // Asked for each sender of each message: nearly all addresses are their own canonical form.
        guard key.utf8.contains(0x2B) || key.hasSuffix("@gmail.com") || key.hasSuffix("@googlemail.com")
        else {
            return key
        }
        var domain = domain
        if domain == "googlemail.com" { domain = "gmail.com" }
        var local = localPart.lowercased()
        if let plus = local.firstIndex(of: "+"), plus != local.startIndex { local = String(local[..<plus]) }
        if domain == "gmail.com" { local = local.filter { $0 != "." } }
        return local + "@" + domain
    }
}

extension EmailAddress: CustomStringConvertible {
    /// The bare address.
    package var description: String { text }
}

extension EmailAddress: Codable {
    /// Reads the bare text; anything that is no address is corrupted data.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = EmailAddress(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an e-mail address")
        }
        self = value
    }

    /// Writes the bare text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
