/// What the browser brought back from the identity provider (RFC 6749 §4.1.2).
package enum AuthorizationRedirect: Sendable, Hashable {
    case code(String)
    case refused(TokenAnswer.Refusal)
    /// Nothing that we asked for: a wrong state, another path, a browser's question for an icon. The wait goes on.
    case foreign

    /// - Parameters:
    ///   - target: The request's path and query.
    ///   - state: The word that was sent along; whoever did not see it cannot bring a code of their own.
    package init(target: String, state: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "/" || parts[0].isEmpty else {
            self = .foreign
            return
        }
        var values: [String: String] = [:]
        for field in parts[1].split(separator: "&") {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, let name = Self.decoded(pair[0]), let value = Self.decoded(pair[1])
            else { continue }
            // RFC 6749 §3.1: a parameter stands once at most.
            guard values.updateValue(value, forKey: name) == nil else {
                self = .foreign
                return
            }
        }
        guard let given = values["state"], Self.isSame(given, state) else {
            self = .foreign
            return
        }
        if let error = values["error"] {
            self = .refused(
                TokenAnswer.Refusal(
                    code: TokenAnswer.line(error), text: TokenAnswer.line(values["error_description"] ?? "")
                ))
        } else if let code = values["code"], !code.isEmpty {
            self = .code(code)
        } else {
            self = .foreign
        }
    }

    /// Compared without telling by the time it takes how much of it is right.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard rest.count >= 2,
                    let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else { return nil }
                rest.removeFirst(2)
                bytes.append(value)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
