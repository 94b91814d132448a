internal import PurrCalendar
internal import PurrMail
internal import PurrReplies
internal import PurrSequences
internal import PurrStore

// Invitations and the answers to them (spec S6.3).
extension InboundEffect {
    /// A meeting that the mailbox shows: their invitation, or their yes or perhaps to ours, ends as booked; a
    /// no or another proposal is an answer; a cancellation is noted.
    func meet(in transaction: Transaction) throws {
        guard let sender, let calendar = CalendarMessage.find(in: message) else {
            // Applied anew after a person's word was taken back: its body is not kept, what it did is.
            let wasBooked = try transaction.hasEnded(by: inbound, because: .meetingBooked)
            return try stop(
                matches, because: wasBooked ? .meetingBooked : .replied,
                wasBooked ? .meetingBooked : .answered, wasBooked ? "booked a meeting" : "answered",
                in: transaction)
        }
        switch calendar.meaning(from: sender) {
        case .booked:
            try stop(
                matches, because: .meetingBooked, .meetingBooked, "booked a meeting", in: transaction)
        case .answered:
            try stop(
                matches, because: .replied, .answered, "answered an invitation", in: transaction)
        case .cancelled: try note(.noted, "A meeting was canceled; it changes nothing", in: transaction)
        case .none: try note(.noted, "A calendar mail came; it changes nothing", in: transaction)
        }
    }
}
