package import PurrMail

/// A domain's SPF record with all that it takes in: what must still be asked for, and what it comes to.
///
/// Source: RFC 7208 §4.6.4: ten questions to name servers, and a record that is missing or there twice, are errors
/// for whoever receives a mail.
package struct SPFReview: Sendable, Hashable {
    /// Names whose `TXT` records are to be asked for before this is complete.
    package private(set) var missing: [String] = []
    /// Why a receiver would give up, and what to do; nil when it would not.
    package private(set) var problem: Problem?
    package private(set) var lookups = 0
    /// How the record that decides ends.
    package private(set) var all: SPFRecord.Qualifier?
    /// A name server that did not answer.
    package private(set) var unanswered: String?

    package enum Problem: Sendable, Hashable {
        case absent
        case multiple(String)
        case malformed(String, why: String)
        /// A domain that is taken in has no record.
        case missingInclude(String)
        case tooManyLookups
        case loop(String)
    }

    /// The most questions a receiver asks (RFC 7208 §4.6.4).
    package static let mostLookups = 10

    /// - Parameter texts: The answers so far, by name.
    package init(domain: String, texts: [String: NameAnswer<String>]) {
        var path: Set<String> = []
        all = walk(domain.lowercased(), texts: texts, path: &path, isFirst: true)
        if problem == nil, lookups > Self.mostLookups { problem = .tooManyLookups }
    }

    /// - Returns: How that record ends.
    private mutating func walk(
        _ name: String, texts: [String: NameAnswer<String>], path: inout Set<String>, isFirst: Bool
    ) -> SPFRecord.Qualifier? {
        // Enough is known, and a record may take in a thousand others.
        guard lookups <= 3 * Self.mostLookups else { return nil }
        guard path.insert(name).inserted else {
            problem = problem ?? .loop(name)
            return nil
        }
        defer { path.remove(name) }
        guard let answer = texts[name] else {
            if !missing.contains(name) { missing.append(name) }
            return nil
        }
        guard case .records(let records) = answer else {
            unanswered = unanswered ?? name
            return nil
        }
        let found = records.compactMap { SPFRecord($0) }
        guard let record = found.first else {
            problem = problem ?? (isFirst ? .absent : .missingInclude(name))
            return nil
        }
        guard found.count == 1 else {
            problem = problem ?? .multiple(name)
            return nil
        }
        if let why = record.problem { problem = problem ?? .malformed(name, why: why) }
        lookups += record.lookups
        for include in record.includes { _ = walk(include, texts: texts, path: &path, isFirst: false) }
        if let redirect = record.redirect {
            return walk(redirect, texts: texts, path: &path, isFirst: false)
        }
        return record.all
    }
}
