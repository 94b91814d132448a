/// Which pages a workflow looks for (spec S6.2).
///
/// Written as `contains "/pricing" and not ends with ".pdf"`. A `*` is an ordinary character.
package indirect enum URLCondition: Hashable, Sendable {
    case test(Relation, String)
    case not(URLCondition)
    case and(URLCondition, URLCondition)
    case or(URLCondition, URLCondition)

    /// How a page's address compares with a text.
    package enum Relation: String, Hashable, Sendable, CaseIterable {
        case `is` = "is"
        case contains = "contains"
        case startsWith = "starts with"
        case endsWith = "ends with"
    }

    /// Whether a page's address fits.
    ///
    /// It is compared as it came, and with scheme and host in small letters (RFC 3986 §6.2.2.1): paths have
    /// case, hosts have none.
    package func holds(for url: String) -> Bool {
        switch self {
        case .test(let relation, let text):
            let folded = Self.folded(text)
            return [(url, text), (Self.folded(url), folded)].contains { relation.holds($0.0, $0.1) }
        case .not(let condition): return !condition.holds(for: url)
        case .and(let left, let right): return left.holds(for: url) && right.holds(for: url)
        case .or(let left, let right): return left.holds(for: url) || right.holds(for: url)
        }
    }

    private static func folded(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let end = url[scheme.upperBound...].firstIndex { "/?#".contains($0) } ?? url.endIndex
        return url[..<end].lowercased() + url[end...]
    }
}

extension URLCondition.Relation {
    /// Byte for byte: letters that only look alike are different pages.
    fileprivate func holds(_ url: String, _ text: String) -> Bool {
        let (url, text) = (Array(url.utf8), Array(text.utf8))
        switch self {
        case .is: return url == text
        case .contains: return url.contains(text)
        case .startsWith: return url.starts(with: text)
        case .endsWith: return url.reversed().starts(with: text.reversed())
        }
    }
}

extension URLCondition: CustomStringConvertible {
    /// As it is written; reading it back gives the same condition.
    package var description: String {
        switch self {
        case .test(let relation, let text): "\(relation.rawValue) \(Self.quoted(text))"
        case .not(let condition): "not \(condition.isSimple ? "\(condition)" : "(\(condition))")"
        case .and(let left, let right): "\(left.inAnd(isRight: false)) and \(right.inAnd(isRight: true))"
        case .or(let left, let right): "\(left) or \(right.isOr ? "(\(right))" : "\(right)")"
        }
    }

    private var isSimple: Bool { if case .test = self { true } else { false } }
    private var isOr: Bool { if case .or = self { true } else { false } }

    private func inAnd(isRight: Bool) -> String {
        switch self {
        case .or: "(\(self))"
        case .and where isRight: "(\(self))"
        default: "\(self)"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}

extension URLCondition: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        do { self = try URLConditionReader.read(text) } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.text))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
