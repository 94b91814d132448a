import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Ends")
struct EndReasonTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    /// What ends an enrollment of Kari's whose first mail has left.
    struct Example: CustomTestStringConvertible, Sendable {
        let reason: EndReason
        let cause: Cause
        var testDescription: String { reason.rawValue }

        enum Cause: Sendable {
            /// A mail of hers, or about her, in INBOX.
            case mail(String)
            /// The server's no when the mail is opened.
            case refusal(Int, String)
            case command(@Sendable (CommandsWorld) throws -> Void)
        }
    }

    static let examples = [
        Example(reason: .replied, cause: .mail(answer("Yes, please."))),
        Example(reason: .companyReplied, cause: .mail(answer("Yes, please.", from: "per@north.test"))),
        Example(reason: .unsubscribed, cause: .mail(answer("Unsubscribe me, please."))),
        Example(reason: .bounced, cause: .mail(bounce)),
        Example(reason: .markedAsSpam, cause: .mail(complaint)),
        Example(reason: .noLongerThere, cause: .mail(left)),
        Example(reason: .sendRejected, cause: .refusal(550, "5.1.1 No such user")),
        Example(
            reason: .meetingBooked,
            cause: .command { world in
                try world.commands(later: 60).recordMeeting(
                    .address(world.kari), .booked, start: nil, source: "test", at: world.start, key: "m")
            }),
        Example(
            reason: .companyMeetingBooked,
            cause: .command { world in
                let per = try #require(EmailAddress("per@north.test"))
                try world.commands(later: 60).recordMeeting(
                    .address(per), .booked, start: nil, source: "test", at: world.start, key: "m")
            }),
        Example(
            reason: .senderTookOver,
            cause: .command { world in
                for enrollment in try world.store.read({ try $0.enrollments(limit: 10) }) {
                    _ = try world.store.write {
                        try $0.hold(
                            enrollment.id, because: .senderTookOver, detail: "by hand", at: world.start)
                    }
                }
                _ = try world.commands(later: 60).unenroll([world.kari])
            }),
        Example(
            reason: .manual,
            cause: .command { _ = try $0.commands(later: 60).unenroll([$0.kari]) }),
        Example(
            reason: .workflow,
            cause: .command { world in
                _ = try world.commands().addWorkflow(
                    "flow", to: "intro", Workflow(trigger: .form(nil), action: .unenroll), state: .on)
                try world.commands(later: 60).recordFormSubmission(
                    form: "stop", fields: ["email": "kari@north.test"], at: world.start, key: "f")
            }),
        Example(
            reason: .sequenceDeleted,
            cause: .command {
                _ = try $0.commands(later: 60).deleteSequences(["intro"], isUnenrolling: true)
            }),
        Example(
            reason: .contactDeleted,
            cause: .command { _ = try $0.commands(later: 60).deleteContacts([$0.kari]) }),
        Example(
            reason: .mailboxRemoved,
            cause: .command { _ = try $0.commands(later: 60).removeMailbox($0.sender) }),
    ]

    @Test(
        "S4.1: every reason has something that ends an enrollment with it, once and for good",
        arguments: examples)
    func ends(_ example: Example) async throws {
        try world.apply(
            CommandsWorld.sequence.replacing(
                "settings: {", with: "settings: { companyReplyStops: true, companyMeetingStops: true,"))
        try await world.importing("email,firstName\nper@north.test,Per\n")
        let id = try world.enrollKari()
        _ = try world.commands().enroll(world.request("per@north.test"))
        var machine = try world.machine()
        switch example.cause {
        case .refusal(let code, let text):
            try world.settle(
                &machine, later: 60,
                opening: .refused(.recipient, ServerReply(code: code, text: text)))
        case .mail(let text):
            try world.sendFirstStep(of: id)
            let mail = InboxMail(
                bytes: Array(text.replacing("\n", with: "\r\n").utf8),
                at: world.start.addingTimeInterval(3_600))
            try world.settle(&machine, later: 3_700, inbox: [mail])
        case .command(let body):
            try world.sendFirstStep(of: id)
            try body(world)
        }
        let record = try #require(try world.store.read { try $0.enrollment(id) })
        #expect(record.state == .unenrolled)
        #expect(record.reason == example.reason.rawValue)
        // Spec S4.3: what left before is still there.
        if case .refusal = example.cause { return }
        #expect(try world.store.read { try $0.journal(of: id) }.map(\.state) == [.sent])
    }

    @Test("S4.1: no reason is without a test")
    func all() {
        #expect(Set(Self.examples.map(\.reason)) == Set(EndReason.allCases))
    }

    // MARK: Mails

    private static func answer(_ words: String, from sender: String = "kari@north.test") -> String {
        """
        From: \(sender)
        To: sam@example.org
        Subject: Re: A question
        \(sender.hasPrefix("kari") ? "In-Reply-To: <one@example.org>" : "X-Test: 1")
        Message-ID: <answer@north.test>
        Date: Mon, 23 Nov 2026 10:00:00 +0000

        \(words)

        """
    }

    private static let left = """
        From: kari@north.test
        To: sam@example.org
        Subject: Automatic reply: A question
        Auto-Submitted: auto-replied
        In-Reply-To: <one@example.org>
        Message-ID: <left@north.test>
        Date: Mon, 23 Nov 2026 10:00:00 +0000

        I no longer work at North. Please write to per@north.test instead.

        """

    private static let bounce = """
        From: MAILER-DAEMON@example.org
        To: sam@example.org
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        Message-ID: <bounce@example.org>
        Date: Mon, 23 Nov 2026 10:00:00 +0000
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b
        Content-Type: text/plain

        The mail could not be delivered.

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.example.org

        Final-Recipient: rfc822; kari@north.test
        Action: failed
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 5.1.1 User unknown

        --b
        Content-Type: text/rfc822-headers

        From: sam@example.org
        To: kari@north.test
        Subject: A question
        Message-ID: <one@example.org>

        --b--

        """

    private static let complaint = """
        From: fbl@provider.test
        To: sam@example.org
        Subject: Abuse report
        Message-ID: <complaint@provider.test>
        Date: Mon, 23 Nov 2026 10:00:00 +0000
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="b"

        --b
        Content-Type: text/plain

        This is an abuse report.

        --b
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: Provider/1.0
        Version: 1

        --b
        Content-Type: text/rfc822-headers

        From: sam@example.org
        To: kari@north.test
        Subject: A question
        Message-ID: <one@example.org>

        --b--

        """
}
