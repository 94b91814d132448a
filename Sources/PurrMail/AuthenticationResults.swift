/// What a receiving server found out about who sent a mail.
///
/// Source: RFC 8601 §2.2.
package struct AuthenticationResults: Hashable, Sendable {
    /// One method's result.
    package struct Result: Hashable, Sendable, Codable {
        /// `spf`, `dkim`, `dmarc` and others, in small letters.
        package let method: String
        /// `pass`, `fail`, `none`, `softfail`, `neutral`, `temperror`, `permerror`, …, in small letters.
        package let result: String
        /// Such as `header.d` → `example.org`; the last of several wins.
        package let properties: [String: String]

        package init(method: String, result: String, properties: [String: String] = [:]) {
            self.method = method
            self.result = result
            self.properties = properties
        }
    }

    /// The server that says so.
    package let server: String
    package let results: [Result]

    /// Reads the value of an `Authentication-Results` field, unfolded.
    ///
    /// - Returns: Nil when no server is named in it.
    package init?(field: String) {
        let parts = Self.bare(field).split(separator: ";", omittingEmptySubsequences: false)
        guard let server = parts.first?.split(whereSeparator: \.isWhitespace).first else { return nil }
        self.server = server.lowercased()
        results = parts.dropFirst().compactMap(Self.result)
    }

    /// The results of one method.
    package func results(of method: String) -> [Result] { results.filter { $0.method == method } }

    private static func result(_ part: Substring) -> Result? {
        // Blanks may stand around the equals sign (RFC 8601 §2.2).
        let words = part.replacing(/\s*=\s*/, with: "=").split(whereSeparator: \.isWhitespace)
        guard let first = words.first, let equals = first.firstIndex(of: "=") else { return nil }
        let method = first[..<equals].prefix { $0 != "/" }.lowercased()
        let result = first[first.index(after: equals)...].lowercased()
        guard !method.isEmpty, !result.isEmpty else { return nil }
        var properties: [String: String] = [:]
        for word in words.dropFirst() {
            guard let equals = word.firstIndex(of: "=") else { continue }
            properties[word[..<equals].lowercased()] = String(word[word.index(after: equals)...])
        }
        return Result(method: method, result: result, properties: properties)
    }

    /// The same without comments and the marks of quoted strings.
    private static func bare(_ text: String) -> String {
        var out = ""
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isEscaped {
                isEscaped = false
                if depth == 0 { out.append(character == ";" ? "," : character) }
            } else if character == "\\", isQuoted || depth > 0 {
                isEscaped = true
            } else if character == "\"", depth == 0 {
                isQuoted.toggle()
            } else if isQuoted {
                // A semicolon in a quoted string ends nothing.
                out.append(character == ";" ? "," : character)
            } else if character == "(" {
                depth += 1
            } else if character == ")", depth > 0 {
                depth -= 1
                out.append(" ")
            } else if depth == 0 {
                out.append(character)
            }
        }
        return out
    }
}
