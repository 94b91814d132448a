internal import Foundation
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

/// What the database knows of the ids, senders and subjects of some messages (spec replies R2).
struct Lookup {
    let ids: [String: [KnownIDRow]]
    let senders: [String: [KnownSenderRow]]
    /// By domain and subject, as ``subjectKey(_:_:)`` joins them.
    private let subjects: [String: [KnownSubjectRow]]
    private let companies: Set<String>

    init(_ keys: [MatchKeys], in transaction: Transaction) throws {
        ids = try transaction.known(ids: keys.flatMap { $0.ids.map(\.key) })
        senders = try transaction.known(senders: keys.flatMap(\.addressKeys))
        // Companies first: they are few, and reading a subject costs more than looking a domain up.
        let companies = try transaction.known(companies: keys.flatMap(\.companyKeys))
        var subjects: [String: [KnownSubjectRow]] = [:]
        if !companies.isEmpty {
            for keys in keys {
                for company in keys.companyKeys where companies.contains(company) {
                    let subject = keys.baseSubject
                    let key = Self.subjectKey(company, subject)
                    guard !subject.isEmpty, subjects[key] == nil else { continue }
                    subjects[key] = try transaction.known(subject: subject, at: company)
                }
            }
        }
        self.companies = companies
        self.subjects = subjects
    }

    /// Whether an id, a sender, or the subject of a company is known at all.
    func concerns(_ keys: MatchKeys) -> Bool {
        (!ids.isEmpty && keys.ids.contains { ids[$0.key] != nil }) || isContact(keys) || isColleague(keys)
    }

    func isContact(_ keys: MatchKeys) -> Bool {
        !senders.isEmpty && keys.addressKeys.contains { senders[$0] != nil }
    }

    private func isColleague(_ keys: MatchKeys) -> Bool {
        !companies.isEmpty && keys.companyKeys.contains { !rows(of: $0, keys).isEmpty }
    }

    private func rows(of company: String, _ keys: MatchKeys) -> [KnownSubjectRow] {
        guard companies.contains(company) else { return [] }
        return subjects[Self.subjectKey(company, keys.baseSubject)] ?? []
    }

    private static func subjectKey(_ company: String, _ subject: String) -> String {
        company + "\n" + subject
    }

    /// Whose a message is.
    ///
    /// Mail from before an enrollment is no answer to it, unless it names a mail of ours.
    ///
    /// - Parameter skew: Seconds that clocks may differ by.
    func matches(of keys: MatchKeys, receivedAt: Date, skew: TimeInterval) -> [Match<EnrollmentID>] {
        let known = ids.mapValues { rows in
            rows.map { KnownID(owner: $0.enrollment, isThreadRoot: $0.isThreadRoot) }
        }
        let horizon = receivedAt.addingTimeInterval(skew)
        var people = senders.mapValues { rows in
            rows.filter { $0.createdAt <= horizon }
                .map { KnownSender(owner: $0.enrollment, hasOpenEnrollment: $0.isOpen) }
        }
        let oldest = receivedAt.addingTimeInterval(-60 * 86_400)
        for company in keys.companyKeys {
            people[company, default: []] += rows(of: company, keys)
                .filter { $0.sentAt >= oldest && $0.sentAt <= horizon && $0.createdAt <= horizon }
                .map {
                    KnownSender(
                        owner: $0.enrollment, relation: .colleague(of: $0.contact),
                        hasOpenEnrollment: $0.isOpen, recentSubjects: [keys.baseSubject])
                }
        }
        return PurrReplies.matches(of: keys, ids: known, senders: people)
    }
}
