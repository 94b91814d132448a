internal import Foundation
internal import PurrReplies
internal import PurrSendTime
internal import PurrSequences
internal import PurrStore

/// Keeps the bins up to date with what was seen (spec T9).
///
/// A contact's are made of their latest sightings each time, so that a machine that is found out late
/// leaves them again; a company's and the mailbox's only grow.
struct AttentionUpkeep {
    let mailbox: MailboxID
    let now: Date

    /// How many sightings of an address are kept: a hundred later sessions have halved what is older.
    static let kept = 400
    /// How long a sighting is left alone, in seconds: a scanner's other clicks come meanwhile, and the body of
    /// an answer is read.
    static let settling: TimeInterval = 600
    /// This many recipients in one second by one agent are a machine (spec T2).
    static let crowd = 3

    /// Takes in what is new.
    ///
    /// - Returns: Whose evidence changed.
    func takeNew(limit: Int, in transaction: Transaction) throws -> [String] {
        let addresses = try transaction.addressesToTake(
            of: mailbox, settled: now.addingTimeInterval(-Self.settling), limit: limit)
        guard !addresses.isEmpty else { return [] }
        let home = try transaction.owner(of: mailbox)?.zone ?? .utc
        let mailboxKey = "\(mailbox.rawValue)"
        var whole = try transaction.attention(.mailbox, of: mailboxKey) ?? Attention(.mailbox)
        for address in addresses {
            let new = try take(address, home: home, in: transaction)
            let domain = Self.company(of: address)
            var company = try domain.map {
                try transaction.attention(.company, of: $0) ?? Attention(.company)
            }
            for event in new {
                whole.record(event)
                company?.record(event)
            }
            if let domain, let company, !new.isEmpty { try transaction.save(company, of: domain) }
        }
        try transaction.save(whole, of: mailboxKey)
        return addresses
    }

    /// The key of the company an address belongs to; nil where everybody can have an address.
    static func company(of address: String) -> String? {
        guard let at = address.lastIndex(of: "@") else { return nil }
        let domain = String(address[address.index(after: at)...])
        return domain.isEmpty || isMailProvider(domain: domain) ? nil : domain
    }

    /// Makes a contact's bins anew.
    ///
    /// - Returns: What a person did among what was new.
    private func take(_ address: String, home: Zone, in transaction: Transaction) throws -> [TrackedEvent] {
        let settled = now.addingTimeInterval(-Self.settling)
        let rows = try transaction.sightings(of: address, settled: settled, limit: Self.kept)
        let zone = try transaction.zone(ofContact: address)
        var events: [TrackedEvent] = []
        var kept: [StoredSighting] = []
        var filtered: [String: Int] = [:]
        for row in rows {
            if let reason = try lasting(row, in: transaction) {
                try transaction.mark(row, because: reason)
                filtered[reason.rawValue, default: 0] += 1
                continue
            }
            events.append(Self.event(row.sighting, zone: zone, home: home))
            kept.append(row)
        }
        let end = Self.seconds(now, (zone ?? home).wall(of: now)) + 86_400
        let reasons = MachineFilter.reasons(for: events, of: .contact, until: end)
        var new: [TrackedEvent] = []
        for (index, reason) in reasons.enumerated() {
            if let reason { filtered[reason.rawValue, default: 0] += 1 }
            let row = kept[index]
            if reason == nil, !row.isTaken, row.mailbox == mailbox { new.append(events[index]) }
            try transaction.mark(row, because: reason)
        }
        var attention = Attention(.contact)
        _ = attention.record(events, until: end)
        try transaction.save(attention, of: address, filtered: filtered)
        try transaction.takeAll(of: address, mailbox: mailbox, settled: settled)
        if rows.count == Self.kept, let oldest = rows.first {
            try transaction.forgetSightings(of: address, before: oldest.sighting.at)
        }
        return new
    }

    /// Why a sighting is no evidence whatever else there is of the address.
    private func lasting(_ row: StoredSighting, in transaction: Transaction) throws -> FilterReason? {
        let sighting = row.sighting
        if let reason = sighting.reason, reason == .automatic || reason == .manyAtOnce {
            return reason
        }
        guard sighting.kind == .open || sighting.kind == .click, !row.isTaken else { return nil }
        let others = try transaction.crowd(in: mailbox, around: sighting.at, agent: sighting.agent)
        return others >= Self.crowd ? .manyAtOnce : nil
    }

    /// A sighting by the clock on the wall of the zone that choices are made in.
    ///
    /// Of a contact that is their enrollment's zone, of a stranger the one they wrote by.
    static func event(_ sighting: Sighting, zone: Zone?, home: Zone) -> TrackedEvent {
        func wall(_ instant: Date) -> Int {
            if zone == nil, let east = sighting.east { return Int(instant.timeIntervalSince1970) + east }
            return seconds(instant, (zone ?? home).wall(of: instant))
        }
        return TrackedEvent(
            sighting.kind, at: wall(sighting.at), sentAt: sighting.sentAt.map(wall),
            agent: sighting.agent.isEmpty ? nil : sighting.agent)
    }

    private static func seconds(_ instant: Date, _ wall: (day: LocalDay, second: Int)) -> Int {
        wall.day.ordinal * 86_400 + wall.second
    }
}

extension Attention {
    /// Takes in what a person did.
    fileprivate mutating func record(_ event: TrackedEvent) {
        let since = event.kind == .wrote ? nil : event.sentAt
        record(
            event.kind, at: WallMinute(seconds: event.at),
            since: since.map { WallMinute(seconds: min($0 + MachineFilter.prefetch, event.at)) })
    }
}
