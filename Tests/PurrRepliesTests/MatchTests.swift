import PurrMail
import PurrReplies
import Testing

@Suite("Whose message it is")
struct MatchTests {
    static let thread = [
        "step1@example.org": [KnownID(owner: 1)],
        "root@example.org": [KnownID(owner: 1, isThreadRoot: true)],
        "other@example.org": [KnownID(owner: 2)],
    ]

    func keys(_ header: String) -> MatchKeys { MatchKeys(MessageHeader(Array((header + "\r\n\r\n").utf8))) }

    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var header: String
        var rungs: [Int: Rung]
    }

    @Test(
        "follows the rungs, the first that holds for each owner",
        arguments: [
            Example(
                testDescription: "what it answers", header: "In-Reply-To: <STEP1@example.org>",
                rungs: [1: .inReplyTo]),
            Example(
                testDescription: "its thread", header: "References: <x@x.test> <step1@example.org>",
                rungs: [1: .references]),
            Example(
                testDescription: "the first outranks",
                header: "References: <step1@example.org>\r\nIn-Reply-To: <step1@example.org>",
                rungs: [1: .inReplyTo]),
            Example(
                testDescription: "only the thread root survived",
                header: "References: <root@example.org> <x@x.test>",
                rungs: [1: .threadRoot]),
            Example(
                testDescription: "a vendor's field",
                header: "X-Microsoft-Original-Message-ID: <step1@example.org>",
                rungs: [1: .vendorHeader]),
            Example(
                testDescription: "two owners",
                header: "In-Reply-To: <step1@example.org>\r\nReferences: <other@example.org>",
                rungs: [1: .inReplyTo, 2: .references]),
            Example(testDescription: "nobody's", header: "In-Reply-To: <x@x.test>", rungs: [:]),
        ])
    func rungs(_ example: Example) {
        let found = matches(of: keys(example.header), ids: Self.thread, senders: [:])
        #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.owner, $0.rung) }) == example.rungs)
        #expect(found.map(\.rung) == found.map(\.rung).sorted())
    }

    @Test("finds Exchange's threads by the first 22 bytes")
    func threadIndex() throws {
        let ours = try #require(MatchKeys.threadIndexKey(Array("AQswVXqfxOkOM1h9osfsETZbgKXK7w==".utf8)))
        let found = matches(
            of: keys("Thread-Index: AQswVXqfxOkOM1h9osfsETZbgKXK7xAgMEBQ"),
            ids: [ours: [KnownID(owner: 1)]], senders: [:])
        #expect(found.map(\.rung) == [.threadIndex])
        #expect(MatchKeys.threadIndexKey(Array("AQswVXqf".utf8)) == nil)
    }

    @Test("knows a contact by every spelling of the address, in the thread or not")
    func senders() throws {
        let open = ["kari@example.org": [KnownSender(owner: 1, hasOpenEnrollment: true)]]
        let closed = ["kari@example.org": [KnownSender(owner: 1, hasOpenEnrollment: false)]]
        let keys = keys("From: Kari <Kari+x@Example.org>")
        #expect(matches(of: keys, ids: [:], senders: open).map(\.rung) == [.contactAddress])
        #expect(matches(of: keys, ids: [:], senders: closed).map(\.rung) == [.contactMail])
    }

    @Test("takes a newsletter for no answer, but an answer through a list for one")
    func lists() {
        let senders = ["kari@example.org": [KnownSender(owner: 1, hasOpenEnrollment: true)]]
        for field in ["List-Id: <news.example.org>", "List-Unsubscribe: <https://example.org/u>"] {
            #expect(
                matches(of: keys("From: kari@example.org\r\n\(field)"), ids: [:], senders: senders).isEmpty)
            let answer = keys("From: kari@example.org\r\n\(field)\r\nIn-Reply-To: <step1@example.org>")
            #expect(matches(of: answer, ids: Self.thread, senders: senders).map(\.rung) == [.inReplyTo])
        }
    }

    @Test(
        "a colleague with our subject counts, and is only noted when the contact is not among the recipients"
    )
    func colleagues() throws {
        let kari = try #require(EmailAddress("kari@customer.example.org"))
        let known = KnownSender(
            owner: 1, relation: .colleague(of: kari), hasOpenEnrollment: true, recentSubjects: ["The Offer"]
        )
        let senders = ["@customer.example.org": [known]]
        func found(_ header: String) -> [Match<Int>] {
            matches(of: keys("From: per@customer.example.org\r\n" + header), ids: [:], senders: senders)
        }
        #expect(
            found("Subject: Re: the offer\r\nCc: Kari <kari@customer.example.org>").map(\.isOnlyNoted) == [
                false
            ])
        #expect(found("Subject: SV: The offer\r\nTo: anna@example.org").map(\.isOnlyNoted) == [true])
        #expect(found("Subject: Invoice\r\nCc: kari@customer.example.org").isEmpty)
        #expect(keys("From: per@gmail.com").senderKeys == ["per@gmail.com"])
        #expect(keys("From: per@yahoo.co.uk").senderKeys == ["per@yahoo.co.uk"])
    }

    @Test("finds nothing twice, and survives loops and repetitions")
    func loops() {
        let header = Array(repeating: "References: <step1@example.org> <step1@example.org>", count: 100)
            .joined(separator: "\r\n")
        #expect(matches(of: keys(header), ids: Self.thread, senders: [:]).count == 1)
    }

    @Test("reads ids in the body only of what may be a report")
    func returned() {
        let body =
            "Return-Path: <anna@example.org>\nReceived: by x\nMessage-ID: <step1@example.org>\nFrom: a@x.test\n\nhi\n"
        let report = "From: MAILER-DAEMON@x.test\nSubject: failure notice\n\nSorry.\n\n" + body
        let person = "From: per@x.test\nSubject: Look at this\n\nSee below.\n\n" + body
        func found(_ text: String) -> [Rung] {
            matches(of: MatchKeys(IncomingMessage.read(Array(text.utf8))), ids: Self.thread, senders: [:])
                .map(\.rung)
        }
        #expect(found(report) == [.vendorHeader])
        #expect(found(person) == [])
    }

    @Test("every field that is read is a field that is fetched, once")
    func fields() {
        #expect(Set(fieldsWanted.map { $0.lowercased() }).count == fieldsWanted.count)
        for field in ["From", "In-Reply-To", "References", "Auto-Submitted", "Return-Path", "Thread-Index"]
        {
            #expect(fieldsWanted.contains(field))
        }
    }
}

@Suite("Whether the body is needed")
struct BodyNeedTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String { header }
        var header: String
        var isNeeded: Bool
    }

    @Test(
        "is seen from the header",
        arguments: [
            Example(header: "Return-Path: <>\nFrom: kari@example.org", isNeeded: true),
            Example(header: "From: MAILER-DAEMON", isNeeded: true),
            Example(header: "From: =?utf-8?q?Mail_Delivery_System?= <x@example.org>", isNeeded: true),
            Example(header: "From: <>", isNeeded: true),
            Example(
                header: "From: x@example.org\nContent-Type: Multipart/Report; boundary=x", isNeeded: true),
            Example(header: "From: it@example.org\nSubject: Unzustellbar: Angebot", isNeeded: true),
            Example(header: "From: x@example.org\nX-Failed-Recipients: k@example.org", isNeeded: true),
            Example(header: "From: Kari <kari@example.org>\nSubject: Re: The offer", isNeeded: false),
            Example(
                header: "Return-Path: <kari@example.org>\nFrom: kari@example.org\nSubject: hi",
                isNeeded: false),
            Example(
                header:
                    "From: news@example.org\nList-Unsubscribe: <https://example.org>\nSubject: Mail delivery tips",
                isNeeded: false),
            Example(
                header: "From: Kari <kari@example.org>\nSender: list-bounces@example.org\nSubject: Re: hi",
                isNeeded: false),
            Example(header: "From: maileroni@example.org\nSubject: hi", isNeeded: false),
        ])
    func need(_ example: Example) {
        #expect(bodyIsNeeded(by: MessageHeader(Array((example.header + "\n\n").utf8))) == example.isNeeded)
    }
}
