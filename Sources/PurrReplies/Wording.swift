/// The wording of automatic mail, by class (spec R3.b).
///
/// Read only of mail that is automatic by another sign, or together with one: a person may use any of
/// these words.
enum Wording {
    /// The class, or nil when the text is none of the known kinds of notice.
    static func kind(of facts: Facts) -> Judgement.Kind? {
        if left.matches(facts.ownWords) { return .left }
        if outOfOffice.matches(facts.ownWords) || absenceSubjects.matches(facts.subject) {
            return .outOfOffice
        }
        if challenge.matches(facts.ownWords) { return .challenge }
        if ticket.matches(facts.ownWords) || ticketNumbers.matches(facts.ownWords)
            || ticketSubjects.matches(facts.subject)
        {
            return .ticket
        }
        if automatic.matches(facts.ownWords) || subjects.matches(facts.subject) { return .automatic }
        return nil
    }

    /// Whether the sender's own words are a notice and nothing else.
    ///
    /// Stricter than ``kind(of:)``, because here a person may be the author: politeness ("as soon as
    /// possible") counts in short texts only, and the subject counts only when it announces a machine.
    static func isAcknowledgement(_ facts: Facts) -> Bool {
        if !facts.isReplySubject, subjects.matches(facts.subject) { return true }
        let words = facts.ownWords.wordCount
        if words <= 150, left.matches(facts.ownWords) || challenge.matches(facts.ownWords) { return true }
        if words <= 100, ticket.matches(facts.ownWords) || outOfOffice.matches(facts.ownWords) {
            return true
        }
        return words <= 60 && isOnlyPoliteness(facts.own.text)
    }

    /// Whether every sentence is one that notices have; greetings and names are no sentences.
    private static func isOnlyPoliteness(_ text: String) -> Bool {
        let sentences = sentences(text)
        return !sentences.isEmpty
            && sentences.allSatisfy { automatic.matches($0) || ticket.matches($0) || explicit.matches($0) }
    }

    /// Whether every sentence speaks of an absence, of who helps instead, or of the mail itself.
    static func isOnlyNotice(_ text: String) -> Bool {
        sentences(text).allSatisfy {
            outOfOffice.matches($0) || left.matches($0) || automatic.matches($0) || explicit.matches($0)
                || redirects.matches($0)
        }
    }

    /// Whether the text itself has words of a notice, whatever its subject.
    static func isNoticeByText(_ words: SearchText) -> Bool {
        outOfOffice.matches(words) || left.matches(words) || automatic.matches(words)
            || explicit.matches(words) || ticket.matches(words) || challenge.matches(words)
    }

    private static func sentences(_ text: String) -> [SearchText] {
        text.split { $0.isNewline || "!?。！？".contains($0) }.flatMap { line in
            // "bis 20. März" is one sentence.
            var sentences: [Substring] = []
            var start = line.startIndex
            for end in line.indices where line[end] == "." && line[line.index(after: end)...].first == " " {
                if end > start, line[line.index(before: end)].isNumber { continue }
                sentences.append(line[start..<end])
                start = line.index(after: end)
            }
            return sentences + [line[start...]]
        }
        .map { SearchText($0) }
        .filter { $0.wordCount > 3 || $0.bytes.contains { $0 >= 0xE3 } }
    }
}
