internal import Foundation
internal import PurrSequences
internal import PurrStore

extension Commands {
    /// Counts what came of sequences (spec S7.1).
    package func report(_ request: ReportRequest) throws -> SequenceReport {
        try look { transaction in
            let viewer = try Viewer(request.user, in: transaction)
            let all = try transaction.sequencesEver().filter { viewer.sees($0) }
            let chosen = try chosen(request, among: all)
            let zone = request.zone
            let scope = NumbersScope(
                sequences: chosen.map(\.id), from: request.from.map { zone.instant(of: $0, second: 0) },
                until: request.to.map { zone.instant(of: $0.adding(days: 1), second: 0) })
            let numbers = try transaction.sequenceNumbers(in: scope)
            let sum = numbers.values.reduce(into: SequenceNumbers()) { $0.add($1) }
            let one = request.sequence == nil ? nil : chosen.first
            let version = try one.flatMap { one in
                try transaction.document(of: one.id, version: one.version)
                    .flatMap { Document.value(SequenceVersion.self, from: $0) }
            }
            let isTracked = sum.facts[.opened] != nil || sum.facts[.clicked] != nil
            return SequenceReport(
                sequence: one?.name, campaign: request.campaign, from: request.from?.description,
                to: request.to?.description, zone: zone.identifier, tracking: isTracked ? .on : .off,
                totals: SequenceReport.Totals(sum, contacts: try transaction.contactCount(in: scope)),
                steps: one == nil
                    ? []
                    : steps(try transaction.stepNumbers(in: scope), of: version),
                sequences: one != nil
                    ? [] : try lines(chosen, numbers, scope: scope, in: transaction),
                overTime: periods(try transaction.quarterHours(in: scope), in: zone),
                status: try status(in: scope, version: version, isOne: one != nil, transaction),
                endReasons: sum.endReasons,
                minutes: MinuteReport(try transaction.armResults(of: chosen.map(\.id))))
        }
    }

    private func chosen(_ request: ReportRequest, among all: [SequenceRecord]) throws -> [SequenceRecord] {
        if let name = request.sequence {
            guard let found = all.first(where: { $0.name == name }) else {
                throw CommandError(
                    .badData, "There is no sequence \"\(name)\". See: purr sequence list.")
            }
            return [found]
        }
        guard let campaign = request.campaign else { return all }
        let found = all.filter { $0.settings.campaign == campaign }
        guard !found.isEmpty else {
            let known = Set(all.map(\.settings.campaign)).subtracting([""]).sorted()
            throw CommandError(
                .badData,
                known.isEmpty
                    ? "No sequence has a campaign; give it one in its settings: campaign: \"\(campaign)\"."
                    : "No sequence belongs to the campaign \"\(campaign)\"; campaigns are \(known.joined(separator: ", "))."
            )
        }
        return found
    }

    private func lines(
        _ sequences: [SequenceRecord], _ numbers: [SequenceID: SequenceNumbers], scope: NumbersScope,
        in transaction: Transaction
    ) throws -> [SequenceReport.SequenceLine] {
        let contacts = try transaction.contactCounts(in: scope)
        return sequences.map { sequence in
            SequenceReport.SequenceLine(
                sequence: sequence.name, isDeleted: sequence.isDeleted,
                campaign: sequence.settings.campaign,
                totals: SequenceReport.Totals(
                    numbers[sequence.id] ?? SequenceNumbers(), contacts: contacts[sequence.id] ?? 0))
        }
    }

    /// The steps of the present version in its order, then those that it no longer has.
    private func steps(_ numbers: [StepID: StepNumbers], of version: SequenceVersion?)
        -> [SequenceReport.StepLine]
    {
        let present = version?.steps ?? []
        let ids = Set(present.map(\.id))
        let gone = numbers.keys.filter { !ids.contains($0) }.sorted { $0.rawValue < $1.rawValue }
        return present.enumerated().map { index, step in
            SequenceReport.StepLine(
                step.id, number: index + 1, kind: step.kind, numbers[step.id] ?? StepNumbers())
        } + gone.map { SequenceReport.StepLine($0, number: nil, kind: nil, numbers[$0] ?? StepNumbers()) }
    }

    /// How many days are shown one by one; more are shown by weeks, from Monday to Sunday.
    private static let mostDays = 31

    private func periods(
        _ quarters: [(at: Date, enrolled: Int, replied: Int)], in zone: Zone
    ) -> [SequenceReport.Period] {
        var days: [LocalDay: (enrolled: Int, replied: Int)] = [:]
        for quarter in quarters {
            let day = zone.wall(of: quarter.at).day
            days[day, default: (0, 0)].enrolled += quarter.enrolled
            days[day, default: (0, 0)].replied += quarter.replied
        }
        guard let first = days.keys.min(), let last = days.keys.max() else { return [] }
        let isByDay = last.ordinal - first.ordinal < Self.mostDays
        let start = isByDay ? first : first.adding(days: 1 - first.weekday.rawValue)
        let length = isByDay ? 1 : 7
        return stride(from: start.ordinal, through: last.ordinal, by: length).map { ordinal in
            let span = (ordinal..<ordinal + length).map { days[LocalDay(ordinal: $0)] ?? (0, 0) }
            return SequenceReport.Period(
                from: LocalDay(ordinal: ordinal).description,
                to: LocalDay(ordinal: ordinal + length - 1).description,
                enrolled: span.reduce(0) { $0 + $1.enrolled },
                replied: span.reduce(0) { $0 + $1.replied })
        }
    }

    private func status(
        in scope: NumbersScope, version: SequenceVersion?, isOne: Bool, _ transaction: Transaction
    ) throws -> [SequenceReport.StatusLine] {
        struct Key: Hashable {
            let step: StepID
            let state: EnrollmentReport.State
            let reason: String?
        }
        let standings = try Standings(transaction, now: now)
        var counts: [Key: Int] = [:]
        for count in try transaction.standings(in: scope, at: now) {
            let standing = standings.standing(of: count)
            // Steps of several sequences have nothing to do with each other.
            let step = isOne ? count.step : StepID(rawValue: "")
            counts[Key(step: step, state: standing.state, reason: standing.reason), default: 0] +=
                count.count
        }
        let lines = counts.map { key, count in
            SequenceReport.StatusLine(
                step: version?.number(of: key.step), stepId: key.step.rawValue, state: key.state,
                reason: key.reason, count: count)
        }
        return lines.sorted {
            ($0.step ?? .max, $0.stepId, -$0.count, $0.state.rawValue, $0.reason ?? "")
                < ($1.step ?? .max, $1.stepId, -$1.count, $1.state.rawValue, $1.reason ?? "")
        }
    }
}

extension SequenceNumbers {
    fileprivate mutating func add(_ other: SequenceNumbers) {
        enrolled += other.enrolled
        mailed += other.mailed
        open += other.open
        finished += other.finished
        noResponse += other.noResponse
        unenrolled += other.unenrolled
        engaged += other.engaged
        facts.merge(other.facts, uniquingKeysWith: +)
        endReasons.merge(other.endReasons, uniquingKeysWith: +)
    }
}
