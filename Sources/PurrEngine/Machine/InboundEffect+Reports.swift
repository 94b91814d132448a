internal import Foundation
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

// What reports do, as far as they prove that they are about a mail of ours (spec replies R3.2, R3.3, R3.f).
extension InboundEffect {
    func bounce(in transaction: Transaction) throws {
        if proven.isEmpty {
            return try doubt(
                .doubtfulBounce, "A report says that mail to them failed, without naming a mail of ours",
                in: transaction)
        }
        guard isByHand || judgement.permanent != false else {
            return try noteProven(
                .delayed,
                "Delivery failed for now (\(judgement.status ?? "no status")); it changes nothing",
                in: transaction)
        }
        for match in proven {
            guard let enrollment = try transaction.enrollment(match.owner),
                let contact = try transaction.contact(enrollment.contact)
            else { continue }
            // A report that gives no reason that can be read: a person looks.
            guard isByHand || judgement.permanent != nil else {
                let detail = "\(contact.email) cannot be reached, says a report that gives no reason"
                let isHeld = try hold(
                    enrollment, because: .doubtfulBounce, detail: detail, in: transaction)
                try append(isHeld ? .held : .noted, detail, match, in: transaction)
                continue
            }
            let detail = "Mail to \(contact.email) cannot be delivered (\(judgement.status ?? "no status"))"
            let isAbout =
                judgement.recipients.isEmpty
                || judgement.recipients.contains { $0.canonicalKey == contact.email.canonicalKey }
            if judgement.isAddressLevel, isAbout, !contact.isDeleted {
                try suppress(contact.email, because: .bounced, in: transaction)
            }
            try note(.bounced, of: enrollment.id, in: transaction)
            if try end(enrollment, because: .bounced, detail: detail, in: transaction) {
                try append(.bounced, detail, match, in: transaction)
            } else {
                try append(.noted, "\(detail), after the end", match, in: transaction)
            }
        }
        try CircuitBreaking(mailbox: mailbox, now: now).look(in: transaction)
    }

    private func noteProven(_ kind: Event.Kind, _ words: String, in transaction: Transaction) throws {
        for match in proven { try append(kind, words, match, in: transaction) }
    }

    /// Ends everything of those whose mail the complaint names, and never writes to them again.
    func complaint(in transaction: Transaction) throws {
        guard !proven.isEmpty else {
            return try doubt(
                .doubtfulComplaint, "A complaint came that names no mail of ours", in: transaction)
        }
        try stop(
            proven, because: .markedAsSpam, .complained, "marked the mail as spam", in: transaction)
        for contact in try contacts(of: proven, in: transaction) {
            try suppress(contact.email, because: .markedAsSpam, in: transaction)
        }
        try CircuitBreaking(mailbox: mailbox, now: now).look(complaints: 1, in: transaction)
    }

    /// A report without our id about somebody mailed in the last seven days: a person decides (spec R3.3).
    ///
    /// Each mail of ours has one recipient, so a report about one of ours is about one contact. One that names
    /// more is none: a forged list of addresses must not hold them all.
    private func doubt(_ reason: HoldReason, _ words: String, in transaction: Transaction) throws {
        #if PLANTED_BUGS
            if (reason == .doubtfulBounce && Sabotage.active == .forgedBounceBelieved)
                || (reason == .doubtfulComplaint && Sabotage.active == .forgedComplaintBelieved)
            {
                for recipient in judgement.recipients {
                    try transaction.suppress(recipient, because: .bounced, evidence: words, at: now)
                }
            }
        #endif
        guard judgement.proof != .none else { return }
        var named: Set<ContactID> = []
        for recipient in judgement.recipients.prefix(8) {
            if let contact = try transaction.contact(recipient) { named.insert(contact.id) }
        }
        guard named.count == 1, let contact = named.first else { return }
        let week = now.addingTimeInterval(-7 * 86_400)
        for enrollment in try transaction.enrollments(of: contact) where enrollment.state == .active {
            guard
                try transaction.journal(of: enrollment.id).contains(where: {
                    ($0.sentAt ?? .distantPast) > week
                }),
                try hold(enrollment, because: reason, detail: words, in: transaction)
            else { continue }
            try append(.held, words, nil, enrollment: enrollment.id, in: transaction)
        }
    }
}
