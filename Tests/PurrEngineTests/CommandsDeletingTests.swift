import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Deleting contacts and mailboxes")
struct CommandsDeletingTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    @Test("S4.1: deleting a contact ends what is under way and keeps what reports count")
    func contactDeleted() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        try world.store.write {
            _ = try $0.note(.opened, of: id, step: StepID(rawValue: "hello"), at: world.start)
        }
        let deleted = try world.commands().deleteContacts([world.kari])
        #expect(deleted.map(\.ended) == [["intro"]])
        let report = try world.report(world.commands())
        #expect(report.state == .unenrolled && report.reason == EndReason.contactDeleted.rawValue)
        #expect(report.sent.count == 1)
        #expect(try world.store.read { try $0.facts(of: id) }.map(\.fact) == [.opened])
    }

    @Test("S4.1: what is personal about a deleted contact is nowhere in the database any more")
    func erased() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        try world.commands().recordFormSubmission(
            form: "demo", fields: ["email": "kari@north.test", "secret": "likes cats"], at: world.start,
            key: "f")
        let mailbox = try world.commands().mailbox(world.sender).id
        try world.store.write { transaction in
            let words = "421 4.7.0 <Kari@north.test>: slow down"
            try transaction.setFailure(words, since: world.start, of: mailbox)
            try transaction.setFree(at: world.start, why: words, of: mailbox)
            try transaction.setSlowdown(.init(level: 1, why: words, until: world.start), of: mailbox)
        }
        _ = try world.commands().deleteContacts([world.kari])
        #expect(throws: CommandError.self) { try world.commands().contact(world.kari) }
        let left = try world.store.read { transaction in
            let events = try transaction.events(of: id).map { "\($0.text) \($0.evidence)" }
            let mails = try transaction.journal(of: id).map { entry in
                let text = String(decoding: try transaction.bytes(of: entry.id), as: UTF8.self)
                return "\(entry.recipient) \(entry.subject) \(text)"
            }
            let contact = try transaction.enrollment(id).flatMap { try transaction.contact($0.contact) }
            let sender = try transaction.mailbox(mailbox)
            return events + mails
                + ["\(String(describing: contact)) \(String(describing: sender))"]
        }.joined(separator: "\n")
        for word in ["kari@north.test", "Kari", "cats", "A question"] {
            #expect(!left.contains(word), "\(word) is left")
        }
    }

    @Test("S4.1: a suppressed address stays suppressed when its contact is deleted, and imported again")
    func suppressionStays() async throws {
        _ = try world.commands().suppress(.address(world.kari))
        _ = try world.commands().deleteContacts([world.kari])
        try await world.importing("email,firstName\nkari@north.test,Kari\n")
        guard
            case .refused(.unsubscribed, _) = try world.commands().enroll(
                world.request("kari@north.test")
            ).first?.result
        else {
            Issue.record("enrolled")
            return
        }
    }

    @Test("S4.3: an answer to a deleted contact's mail is still recorded on the step it answers")
    func lateAnswer() throws {
        let id = try world.enrollKari()
        try world.sendFirstStep(of: id)
        _ = try world.commands().deleteContacts([world.kari])
        let text = """
            From: kari@north.test
            To: sam@example.org
            Subject: Re: A question
            In-Reply-To: <one@example.org>
            Message-ID: <answer@north.test>
            Date: Mon, 23 Nov 2026 12:00:00 +0100

            Yes, please.

            """
        var machine = try world.machine()
        let mail = InboxMail(
            bytes: Array(text.replacing("\n", with: "\r\n").utf8),
            at: world.start.addingTimeInterval(7_200))
        try world.settle(&machine, later: 7_300, inbox: [mail])
        let facts = try world.store.read { try $0.facts(of: id) }
        #expect(facts.map(\.fact) == [.replied])
        #expect(facts.map(\.step) == [StepID(rawValue: "hello")])
        #expect(throws: CommandError.self) { try world.commands().contact(world.kari) }
    }

    @Test("S4.1: a contact is not deleted while a mail to them is being handed over")
    func openOutcome() throws {
        try world.enrollKari()
        var machine = try world.machine()
        var refusals = 0
        try world.settle(&machine, later: 60) { effect in
            guard case .deliver = effect else { return }
            let error = #expect(throws: CommandError.self) {
                try world.commands(later: 60).deleteContacts([world.kari])
            }
            #expect(error?.kind == .tryLater)
            refusals += 1
        }
        #expect(refusals == 1)
        #expect(try world.commands(later: 120).deleteContacts([world.kari]).count == 1)
    }

    @Test("S4.1: a contact deleted between the server's 354 and the hand-over is not written to")
    func gate() throws {
        try world.enrollKari()
        var machine = try world.machine()
        let effects = try world.settle(&machine, later: 60) { effect in
            guard case .open = effect else { return }
            _ = try world.commands(later: 60).deleteContacts([world.kari])
        }
        #expect(!effects.contains { $0.isSend })
    }

    @Test("S4.1: of several contacts all are deleted or none")
    func allOrNone() throws {
        let nobody = try #require(EmailAddress("nobody@north.test"))
        #expect(throws: CommandError.self) {
            try world.commands().deleteContacts([world.kari, nobody])
        }
        #expect(try world.commands().contact(world.kari).contact.firstName == "Kari")
    }

    @Test("S4.1: removing a mailbox ends what is sent from it, and what workflows were to do from it")
    func mailboxRemoved() throws {
        try world.enrollKari()
        let action = Workflow.Action.enroll(Workflow.Enrolling(mailbox: world.sender, delay: 60))
        _ = try world.commands().addWorkflow(
            "flow", to: "intro", Workflow(trigger: .form(nil), action: action), state: .on)
        try world.commands().recordFormSubmission(
            form: "demo", fields: ["email": "new@west.test"], at: world.start, key: "1")
        #expect(try world.commands().removeMailbox(world.sender) == 1)
        let report = try world.report(world.commands())
        #expect(report.reason == EndReason.mailboxRemoved.rawValue)
        #expect(try world.commands().workflow("flow", of: "intro").summary.runs == ["canceled": 1])
    }

    @Test("S4.6: asked whether to go on after one wrote by hand, a no ends it as taken over")
    func takenOver() throws {
        let id = try world.enrollKari()
        _ = try world.store.write {
            try $0.hold(
                id, because: .senderTookOver, detail: "You wrote to them yourself.", at: world.start)
        }
        _ = try world.commands().unenroll([world.kari])
        #expect(try world.report(world.commands()).reason == EndReason.senderTookOver.rawValue)
    }

    // MARK: Aliases

    struct Refusal: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let stage: SubmissionStage
        let code: Int
        let text: String
    }

    @Test(
        "S3.1: an alias that the server refuses holds its enrollment with the reason; the mailbox goes on",
        arguments: [
            Refusal(
                testDescription: "at MAIL FROM", stage: .mail, code: 553,
                text: "5.7.1 Sender address rejected: not owned by user sam"),
            Refusal(
                testDescription: "at RCPT TO, as Postfix does", stage: .recipient, code: 553,
                text: "5.7.1 <sales@example.org>: Sender address rejected: not owned by user sam"),
        ])
    func aliasRefused(_ refusal: Refusal) throws {
        let alias = try #require(EmailAddress("sales@example.org"))
        try world.store.write { transaction in
            let mailbox = try #require(try transaction.mailboxes().first)
            try transaction.addAlias(alias, to: mailbox.id)
        }
        var request = world.request("kari@north.test")
        request.sender = alias
        _ = try world.commands().enroll(request)
        var machine = try world.machine()
        try world.settle(
            &machine, later: 60,
            opening: .refused(refusal.stage, ServerReply(code: refusal.code, text: refusal.text)))
        let report = try world.report(world.commands(later: 60))
        #expect(report.state == .held && report.reason == HoldReason.aliasRefused.rawValue)
        #expect(try world.store.read { try $0.mailboxes() }.first?.isPaused == false)
    }

    @Test("S3.1: the mailbox's own address refused is no matter of an alias: the mailbox is paused")
    func ownAddressRefused() throws {
        try world.enrollKari()
        var machine = try world.machine()
        try world.settle(
            &machine, later: 60,
            opening: .refused(.mail, ServerReply(code: 553, text: "5.7.1 Sender address rejected")))
        #expect(try world.store.read { try $0.mailboxes() }.first?.isPaused == true)
    }

    @Test("S3.1: an address that is no alias of a mailbox cannot be enrolled from")
    func unknownAlias() throws {
        var request = world.request("kari@north.test")
        request.sender = try #require(EmailAddress("other@example.org"))
        #expect(throws: CommandError.self) { try world.commands().enroll(request) }
    }
}
