/// Which addresses belong to the open Internet.
package enum InternetAddress {
    /// Whether everybody may be at that address: not this machine, this network, or a range set aside.
    ///
    /// Source: the IANA special-purpose registries (RFC 6890). An IPv4 address inside an IPv6 one (mapped,
    /// RFC 4291 §2.5.5.2; NAT64, RFC 6052; 6to4, RFC 3056) counts as itself.
    ///
    /// - Parameter bytes: 4 or 16, in network order.
    package static func isPublic(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        switch bytes.count {
        case 4: return isPublic(four: bytes)
        case 16: return isPublic(six: bytes)
        default: return false
        }
    }

    private static func isPublic(four: [UInt8]) -> Bool {
        switch (four[0], four[1], four[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (224..., _, _): false
        case (100, 64...127, _), (172, 16...31, _), (198, 18...19, _): false
        case (169, 254, _), (192, 168, _): false
        case (192, 0, 0), (192, 0, 2), (198, 51, 100), (203, 0, 113), (192, 88, 99): false
        default: true
        }
    }

    private static func isPublic(six: [UInt8]) -> Bool {
        if six.prefix(10).allSatisfy({ $0 == 0 }), six[10] == 0xFF, six[11] == 0xFF {
            return isPublic(four: Array(six.suffix(4)))
        }
        if six.prefix(12) == [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] {
            return isPublic(four: Array(six.suffix(4)))
        }
        guard (0x20...0x3F).contains(six[0]) else { return false }
        switch (six[0], six[1], six[2], six[3]) {
        case (0x20, 0x01, 0x0D, 0xB8), (0x3F, 0xFF, 0...0x0F, _): return false
        // Teredo, benchmarks, ORCHID and other protocols' own: 2001::/23.
        case (0x20, 0x01, 0...1, _): return false
        case (0x20, 0x02, _, _): return isPublic(four: Array(six[2..<6]))
        default: return true
        }
    }
}
