import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Figures of the service")
struct ServiceFiguresTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    @Test("count what was sent, what is due, and what waits for a person")
    func figures() throws {
        let id = try world.enrollKari()
        let before = try #require(try world.commands(later: 1).serviceFigures().mailboxes.first)
        #expect(before.address == "sam@example.org")
        #expect(before.isUp && before.lastPass == nil)
        #expect(before.due == 1 && before.sent == 0)
        try world.sendFirstStep(of: id)
        let after = try #require(try world.commands(later: 1).serviceFigures().mailboxes.first)
        #expect(after.due == 0 && after.sent == 1 && after.openOutcomes == 0)
        try world.store.write { transaction in
            let mailbox = try #require(try transaction.mailboxes().first?.id)
            try transaction.setFailure("no route", .unreachable, since: world.start, of: mailbox)
            try transaction.setProven(at: world.start, of: mailbox)
            try transaction.hold(id, because: .unknownOutcome, detail: "", at: world.start)
            _ = try transaction.raiseAlarm(
                kind: AlarmKind.mailboxUnreachable.rawValue, subject: "sam@example.org", text: "Broken.",
                advice: "Mend it.", at: world.start)
            _ = try transaction.raiseAlarm(
                kind: AlarmKind.held.rawValue, subject: "x", text: "Held.", advice: "Look.", at: world.start
            )
        }
        let last = try world.commands(later: 90).serviceFigures()
        #expect(last.mailboxes.first?.isUp == false)
        #expect(last.mailboxes.first?.lastPass == 90)
        #expect(last.held == ["unknownOutcome": 1])
        #expect(last.reasons == ["Broken."], "what is held does not stop the work")
    }

    @Test("read as Prometheus wants them, whatever an address holds")
    func text() {
        var figures = ServiceFigures()
        figures.mailboxes = [
            ServiceFigures.Mailbox(
                address: "\"a\\b\"@example.org", isUp: true, lastPass: 1.5, due: 2, sent: 3, openOutcomes: 0
            )
        ]
        figures.alarms = ["enrollment.held": 2]
        let lines = PrometheusText.text(figures, version: "1.0").split(separator: "\n").map(String.init)
        let label = #"{mailbox="\"a\\b\"@example.org"}"#
        #expect(lines.contains("purr_sent_total\(label) 3"))
        #expect(lines.contains("# TYPE purr_sent_total counter"))
        #expect(lines.contains("purr_last_pass_seconds\(label) 1.5"))
        #expect(lines.contains("purr_mailbox_up\(label) 1"))
        #expect(lines.contains(#"purr_alarms{kind="enrollment.held"} 2"#))
        #expect(lines.contains(#"purr_alarms{kind="disk.nearlyFull"} 0"#))
        #expect(!lines.contains { $0.hasPrefix("purr_disk_free_bytes") })
        let names = lines.filter { !$0.hasPrefix("#") }.map { $0.prefix { $0 != "{" && $0 != " " } }
        for name in names { #expect(lines.contains { $0.hasPrefix("# TYPE \(name) ") }) }
    }
}
