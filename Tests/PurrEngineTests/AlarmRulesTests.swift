import Foundation
import PurrEngine
import PurrMail
import Testing

@Suite("Alarms")
struct AlarmRulesTests {
    static let now = Date(timeIntervalSince1970: 1_795_424_400)

    static func minutesAgo(_ minutes: Double) -> Date { now.addingTimeInterval(-60 * minutes) }

    /// Facts, and the kinds that hold given them.
    struct Example: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let kinds: [AlarmKind]
        let open: Set<Alarm.Key>
        let change: @Sendable (inout AlarmFacts) -> Void

        init(
            _ name: String, _ kinds: [AlarmKind] = [], open: Set<Alarm.Key> = [],
            change: @escaping @Sendable (inout AlarmFacts) -> Void
        ) {
            testDescription = name
            self.kinds = kinds
            self.open = open
            self.change = change
        }

        /// One about the one mailbox.
        static func mailbox(
            _ name: String, _ kinds: AlarmKind...,
            change: @escaping @Sendable (inout AlarmFacts.Mailbox) -> Void
        ) -> Example {
            Example(name, kinds) { facts in change(&facts.mailboxes[0]) }
        }
    }

    static let examples: [Example] = [
        .mailbox("all is well") { _ in },
        .mailbox("unreachable, in passing") {
            $0.failure = .init(
                since: minutesAgo(29), reason: .unreachable, text: "no route", isSignIn: false)
        },
        .mailbox("unreachable, lasting", .mailboxUnreachable) {
            $0.failure = .init(
                since: minutesAgo(30), reason: .unreachable, text: "no route", isSignIn: false)
        },
        .mailbox("a certificate that fails counts as unreachable", .mailboxUnreachable) {
            $0.failure = .init(
                since: minutesAgo(31), reason: .certificate, text: "expired", isSignIn: false)
        },
        .mailbox("a login refused once") {
            $0.failure = .init(since: minutesAgo(1), reason: .loginRefused, text: "no", isSignIn: false)
        },
        .mailbox("a login refused", .loginRefused) {
            $0.failure = .init(since: minutesAgo(2), reason: .loginRefused, text: "no", isSignIn: false)
        },
        .mailbox("consent revoked", .consentRevoked) {
            $0.failure = .init(since: minutesAgo(2), reason: .loginRefused, text: "no", isSignIn: true)
        },
        .mailbox("stopped by Purr", .mailboxStopped) {
            $0.pause = .byPurr("3 of the last 20 mails bounced")
        },
        .mailbox("a restored copy", .mailboxStopped) {
            $0.pause = .byGuard("These data come from a backup")
        },
        .mailbox("paused by hand, whatever else") {
            $0.pause = .byUser
            $0.failure = .init(since: minutesAgo(99), reason: .loginRefused, text: "no", isSignIn: false)
            $0.oldestDue = minutesAgo(99)
        },
        .mailbox("due for a while") { $0.oldestDue = minutesAgo(14) },
        .mailbox("overdue", .workOverdue) { $0.oldestDue = minutesAgo(16) },
        .mailbox("overdue, and a limit says why") {
            $0.oldestDue = minutesAgo(300)
            $0.freeAt = now.addingTimeInterval(60)
        },
        .mailbox("overdue, and a limit that was over just now") {
            $0.oldestDue = minutesAgo(300)
            $0.freeAt = minutesAgo(14)
        },
        .mailbox("overdue, long after the limit", .workOverdue) {
            $0.oldestDue = minutesAgo(300)
            $0.freeAt = minutesAgo(16)
        },
        .mailbox("failing explains what is overdue", .mailboxUnreachable) {
            $0.failure = .init(since: minutesAgo(60), reason: nil, text: "slow down", isSignIn: false)
            $0.oldestDue = minutesAgo(60)
            $0.provenAt = minutesAgo(60)
        },
        .mailbox("not read to its end", .workOverdue) { $0.provenAt = minutesAgo(16) },
        Example("something held", [.held, .held]) {
            $0.held = [
                .init(address: "kari@example.org", reason: "unknownOutcome", count: 1),
                .init(address: "kari@example.org", reason: "tooLate", count: 3),
            ]
        },
        Example("a backup in time") { $0.lastBackup = minutesAgo(7 * 1_440) },
        Example("a backup overdue", [.backupOverdue]) { $0.lastBackup = minutesAgo(7 * 1_440 + 1) },
        Example("room enough") { $0.freeBytes = 500 << 20 },
        Example("a disk nearly full", [.diskNearlyFull]) { $0.freeBytes = (500 << 20) - 1 },
        Example("a disk hardly better", [.diskNearlyFull], open: [Alarm.Key(.diskNearlyFull)]) {
            $0.freeBytes = 600 << 20
        },
        Example("a disk clearly better", open: [Alarm.Key(.diskNearlyFull)]) { $0.freeBytes = 625 << 20 },
    ]

    @Test("hold when they should, and no others", arguments: examples)
    func kinds(example: Example) {
        var facts = AlarmFacts(now: Self.now)
        var mailbox = AlarmFacts.Mailbox("kari@example.org")
        mailbox.provenAt = Self.now
        facts.mailboxes = [mailbox]
        example.change(&facts)
        let alarms = AlarmRules().alarms(given: facts, open: example.open)
        #expect(alarms.map(\.key.kind) == example.kinds)
        #expect(Set(alarms.map(\.key)).count == alarms.count, "two alarms have the same key")
        for alarm in alarms {
            #expect(alarm.text.hasSuffix(".") && !alarm.text.hasSuffix(".."))
            #expect(!alarm.advice.isEmpty)
        }
    }

    @Test("are said once, and taken back once")
    func changes() {
        let one = Alarm(.backupOverdue, text: "Old.", advice: "Make one.")
        let other = Alarm(.held, "kari@example.org tooLate", text: "Held.", advice: "Look.")
        let first = AlarmChanges(holding: [one, other], open: [])
        #expect(first.raised == [one, other] && first.cleared.isEmpty)
        let second = AlarmChanges(holding: [one, other], open: [one.key, other.key])
        #expect(second.raised.isEmpty && second.cleared.isEmpty)
        let third = AlarmChanges(holding: [one], open: [one.key, other.key])
        #expect(third.raised.isEmpty && third.cleared == [other.key])
    }

    @Test("are tried again later and later, and given up after a day")
    func backOff() {
        var at = Self.now
        var waits: [TimeInterval] = []
        while let next = AlarmBackOff.next(after: waits.count + 1, began: Self.now, now: at) {
            waits.append(next.timeIntervalSince(at))
            at = next
        }
        #expect(waits.prefix(9) == [15, 30, 60, 120, 240, 480, 960, 1_920, 3_600])
        #expect(waits.dropFirst(8).allSatisfy { $0 == 3_600 })
        let length = at.timeIntervalSince(Self.now)
        #expect(length > 82_000 && length <= 86_400)
    }

    @Test("wait longer where time runs fast")
    func scaled() {
        let limits = AlarmLimits().scaled(by: 60)
        #expect(limits.unreachable == 108_000 && limits.overdue == 54_000)
        #expect(limits.backup == AlarmLimits().backup)
    }
}
