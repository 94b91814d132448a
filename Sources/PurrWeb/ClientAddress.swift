/// Who asks: the peer, or whom a reverse proxy on this machine says it asks for.
enum ClientAddress {
    /// - Parameters:
    ///   - peer: The address of the connection.
    ///   - forwarded: `X-Forwarded-For`. Its last entry was written by the proxy; what stands before it was
    ///     written by whoever asked, and is not believed. From another machine none of it is.
    static func text(peer: String?, forwarded: String?) -> String {
        guard let peer else { return "unknown" }
        guard isLoopback(peer), let last = forwarded?.split(separator: ",").last else {
            return network(peer)
        }
        let address = last.filter { !$0.isWhitespace && $0 != "[" && $0 != "]" && $0 != "\"" }
        let isAddress =
            (2...45).contains(address.utf8.count)
            && address.utf8.allSatisfy { byte in
                (0x30...0x3A).contains(byte) || (0x41...0x46).contains(byte & 0xDF) || byte == 0x2E
            }
        return isAddress ? network(address) : network(peer)
    }

    static func isLoopback(_ address: String) -> Bool {
        address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
    }

    /// One customer has a whole /64 of IPv6 addresses (RFC 6177): they count as one.
    private static func network(_ address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        let head = halves.first?.split(separator: ":").map { String($0).lowercased() } ?? []
        return (head + Array(repeating: "0", count: 4)).prefix(4).joined(separator: ":") + "::/64"
    }
}
