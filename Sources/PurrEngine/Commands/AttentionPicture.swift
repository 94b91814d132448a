internal import Foundation
package import PurrMail
internal import PurrSendTime
internal import PurrSequences
internal import PurrStore

extension Commands {
    /// A picture (SVG) of when a contact is attentive and of the minute that would be chosen for them on the
    /// next day that counts.
    ///
    /// By the zone and the sequence of their latest enrollment, else by their own zone and the usual window.
    package func attentionPicture(of email: EmailAddress) throws -> String {
        try look { transaction in
            guard let contact = try transaction.contact(email),
                let mailbox = try transaction.mailboxes().first
            else {
                throw CommandError(.badData, "\(email) is not a contact. See: purr contact list.")
            }
            let enrollment = try transaction.enrollments(of: contact.id).last
            let sequence = try enrollment.flatMap { try transaction.sequence($0.sequence) }
            let home = try transaction.owner(of: enrollment?.mailbox ?? mailbox.id)?.zone ?? .utc
            let zone = enrollment?.zone ?? Zone(identifier: contact.timeZone) ?? home
            let settings = sequence?.settings ?? SequenceSettings()
            let today = zone.wall(of: now)
            let day = (sequence?.eligibleDays ?? settings.eligibleDays).day(1, after: today.day)
            let evidence = try SendTime.Evidence(
                of: contact.email, mailbox: enrollment?.mailbox ?? mailbox.id, in: transaction)
            let kept = try enrollment.flatMap { try transaction.lastSent(of: $0.id) }
                .map { zone.wall(of: $0).second / 60 }
            let window = (start: settings.sendWindow.start, end: settings.sendWindow.end)
            let weekday = day.weekday.rawValue - 1
            let choice = SendTime.choose(
                evidence: evidence, window: window, weekday: weekday, previous: kept ?? today.second / 60,
                seed: MinutePlanning.seed(
                    enrollment?.threadRoot ?? "", enrollment?.nextStep ?? StepID(rawValue: "")))
            let moments = try transaction.sightings(
                of: contact.email.canonicalKey, settled: .distantFuture, limit: AttentionUpkeep.kept
            )
            .filter { $0.sighting.reason == nil }
            .map { row in
                let event = AttentionUpkeep.event(row.sighting, zone: zone, home: home)
                return (kind: row.sighting.kind, at: WallMinute(seconds: event.at))
            }
            return SlotPicture.svg(
                title: "\(contact.email) on \(day) in \(zone)", evidence: evidence, moments: moments,
                window: window, weekday: weekday, choice: choice)
        }
    }
}
