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
        if words <= 150, challenge.matches(facts.ownWords), Challenges.asks(facts.ownWords) { return true }
        if denials.matches(facts.ownWords) || answers.matches(facts.ownWords) { return false }
        let isTicket =
            ticket.matches(facts.ownWords)
            || !facts.isReplySubject && receiptSubjects.matches(facts.subject)
        if words <= 100, isTicket, isMostlyNotice(facts) { return true }
        // People at a helpdesk speak of who is away, and say something else beside it.
        if words <= 150, isAbsence(facts) { return true }
        return words <= 60 && isOnlyPoliteness(facts.own.text)
    }

    /// Whether most of what it says is a helpdesk's: people say what they want beside it.
    private static func isMostlyNotice(_ facts: Facts) -> Bool {
        var notice = 0
        var rest = 0
        for sentence in sentences(facts.own.text) {
            if isDesks(sentence) { notice += sentence.wordCount } else { rest += sentence.wordCount }
        }
        return rest == 0 || notice > rest && !facts.ownWords.bytes.contains(UInt8(ascii: "?"))
    }

    /// Whether it says that a ticket was made, and not what became of it.
    private static func takesIn(_ sentence: SearchText) -> Bool {
        ticket.matches(sentence) && (!openings.matches(sentence) || intake.matches(sentence))
    }

    private static func isDesks(_ sentence: SearchText) -> Bool {
        takesIn(sentence) || automatic.matches(sentence) || explicit.matches(sentence)
            || instructions.matches(sentence) || promises.matches(sentence) || isReceived(sentence)
            || outOfOffice.matches(sentence) || redirects.matches(sentence)
    }

    /// Whether it tells of an absence or a departure, and of nothing else.
    static func isAbsence(_ facts: Facts) -> Bool {
        guard left.matches(facts.ownWords) || outOfOffice.matches(facts.ownWords),
            !answers.matches(facts.ownWords),
            !returned.matches(facts.ownWords), !facts.ownWords.bytes.contains(UInt8(ascii: "?"))
        else { return false }
        return isOnlyNotice(facts.own.text)
    }

    /// Whether every sentence is one that notices have; greetings and names are none.
    ///
    /// Whom to ask instead is an answer, and so is a "but" behind thanks.
    private static func isOnlyPoliteness(_ text: String) -> Bool {
        let sentences = sentences(text)
        guard !sentences.contains(where: { buts.matches($0) && !declarations.matches($0) && !takesIn($0) })
        else { return false }
        return sentences.contains {
            automatic.matches($0) || takesIn($0) || explicit.matches($0)
        }
            && sentences.allSatisfy {
                automatic.matches($0) || takesIn($0) || explicit.matches($0) || promises.matches($0)
                    || instructions.matches($0) || outOfOffice.matches($0) || isReceived($0)
            }
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

    /// The sentences, without greetings, names and thanks: lines of three words that end like none.
    ///
    /// "Not interested." is a sentence, and the whole of an answer.
    private static func sentences(_ text: String) -> [SearchText] {
        text.split(whereSeparator: \.isNewline).flatMap { line in
            let pieces = pieces(of: line)
            let isSentence = pieces.count > 1 || line.last { !$0.isWhitespace }.map(".。".contains) ?? false
            return pieces.filter { $0.wordCount > 3 || $0.bytes.contains { $0 >= 0xE3 } || isSentence }
        }
        .filter { !isClosing($0) }
    }

    private static func pieces(of line: Substring) -> [SearchText] {
        line.split { "!?。！？".contains($0) }.flatMap { part in
            // "bis 20. März" is one sentence.
            var pieces: [Substring] = []
            var start = part.startIndex
            for end in part.indices where part[end] == "." && part[part.index(after: end)...].first == " " {
                if end > start, part[part.index(before: end)].isNumber { continue }
                pieces.append(part[start..<end])
                start = part.index(after: end)
            }
            return pieces + [part[start...]]
        }
        .map { SearchText($0.drop { $0 == "." || $0.isWhitespace }) }
        .filter { !$0.isEmpty }
    }
}
