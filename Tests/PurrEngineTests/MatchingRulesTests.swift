import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("R2: whose message it is, by the engine on SQLite")
struct MatchingRulesTests {
    var world: InboundWorld

    init() async throws { world = try await InboundWorld() }

    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var header: String
        var rung: Int?
        var standing = "unenrolled replied"
    }

    @Test(
        "finds Kari's enrollment by the first rung that fits",
        arguments: [
            Example(
                testDescription: "R2.1: In-Reply-To",
                header: "From: kari@north.test\nIn-Reply-To: <kari.1@example.org>", rung: 1),
            Example(
                testDescription: "R2.2: References, at any place",
                header: "From: kari@north.test\nReferences: <a@b.test> <kari.1@example.org> <c@d.test>",
                rung: 2),
            Example(
                testDescription: "R2.3: Exchange's parent id",
                header: "From: kari@home.test\nX-MS-Exchange-Parent-Message-Id: <kari.1@example.org>",
                rung: 3),
            Example(
                testDescription: "R2.3: Microsoft's original id",
                header: "From: kari@home.test\nX-Microsoft-Original-Message-ID: <kari.1@example.org>",
                rung: 3),
            Example(
                testDescription: "R2.3: the original id",
                header: "From: kari@home.test\nOriginal-Message-ID: <kari.1@example.org>", rung: 3),
            Example(
                testDescription: "R2.4: only the root of the thread is left",
                header: "From: kari@home.test\nReferences: <kari@example.org>", rung: 4),
            Example(
                testDescription: "R2.6: the address alone", header: "From: Kari <kari@north.test>", rung: 6),
            Example(
                testDescription: "R2.6: the address with a tag", header: "From: kari+work@north.test",
                rung: 6),
            Example(
                testDescription: "R2.6: a stranger is nobody's", header: "From: kari@other.test", rung: nil,
                standing: "active"),
            Example(
                testDescription: "R2.6: their newsletter is no answer",
                header: "From: kari@north.test\nList-Id: <news.north.test>", rung: nil, standing: "active"),
            Example(
                testDescription: "R2.6: what has a List-Unsubscribe is no answer",
                header: "From: kari@north.test\nList-Unsubscribe: <https://north.test/u>", rung: nil,
                standing: "active"),
            Example(
                testDescription: "R2.1: an answer through a list is one",
                header: "From: kari@north.test\nList-Id: <x.test>\nIn-Reply-To: <kari.1@example.org>",
                rung: 1),
            Example(
                testDescription: "R2.7: a colleague, with Kari among the recipients",
                header:
                    "From: anne@north.test\nTo: sam@example.org\nCc: kari@north.test\nSubject: SV: a question",
                rung: 7),
            Example(
                testDescription: "R2.7: a colleague without Kari is only noted",
                header: "From: anne@north.test\nTo: sam@example.org\nSubject: Re: A question", rung: 7,
                standing: "active"),
            Example(
                testDescription: "R2.7: a colleague about something else is nobody's",
                header: "From: anne@north.test\nCc: kari@north.test\nSubject: Invoice", rung: nil,
                standing: "active"),
            Example(
                testDescription: "R2.7: their list with our subject is no answer",
                header:
                    "From: anne@north.test\nCc: kari@north.test\nSubject: A question\nList-Id: <x.test>",
                rung: nil, standing: "active"),
            Example(
                testDescription: "R2.d: without brackets, quoted, folded, among others",
                header: "From: kari@home.test\nIn-Reply-To: \"kari.1@example.org\",\n <x@y.test>", rung: 1),
            Example(
                testDescription: "R2.d: several References fields and a loop",
                header:
                    "From: kari@home.test\nReferences: <x@y.test>\nReferences: <x@y.test> <KARI.1@example.org>\n\t<x@y.test>",
                rung: 2),
        ])
    mutating func rungs(_ example: Example) throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(example.header + "\n\nTuesday suits me well.\n")
        #expect(try world.rung(kari) == example.rung)
        #expect(try world.standing(kari) == example.standing)
        if example.rung != nil {
            #expect(
                try world.events(kari).contains { $0.evidence["rung"] == example.rung.map(String.init) })
        }
    }

    @Test("R2.3: a report names our mail in the header it returns")
    mutating func returnedHeader() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(Mails.report(about: "kari@north.test", returning: "kari.1@example.org"))
        #expect(try world.rung(kari) == 3)
        #expect(try world.standing(kari) == "unenrolled bounced")
    }

    @Test("R2.3: a receipt names our mail among its own fields")
    mutating func receipt() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: mdn@elsewhere.test\nSubject: Read: A question\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\nContent-Type: text/plain\n\nYour message was read.\n\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; kari@north.test\nOriginal-Message-ID: <kari.1@example.org>\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n"
        )
        #expect(try world.rung(kari) == 3)
        #expect(try world.standing(kari) == "active")
    }

    static let index = "AQHbP3vUjkq1c0m6Qk2bq1vYxgq8Zw=="

    @Test("R2.5: Exchange's conversation is learnt from an earlier answer")
    mutating func threadIndexFromAnswer() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: kari@north.test\nSubject: Automatic reply: A question\nAuto-Submitted: auto-replied\nIn-Reply-To: <kari.1@example.org>\nThread-Index: \(Self.index)\n\nThank you for your mail.\n"
        )
        #expect(try world.standing(kari) == "active")
        try world.receive(
            "From: assistant@elsewhere.test\nSubject: Re: A question\nThread-Index: \(Self.index)\n\nShe says yes.\n"
        )
        #expect(try world.rung(kari) == 5)
        #expect(try world.standing(kari) == "unenrolled replied")
    }

    @Test("R2.5: Exchange's conversation is learnt from our copy in Sent")
    mutating func threadIndexFromSent() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: sam@example.org\nTo: kari@north.test\nMessage-ID: <kari.1@example.org>\nSubject: A question\nThread-Index: \(Self.index)\n\nHello.\n",
            in: "Sent")
        try world.receive(
            "From: assistant@elsewhere.test\nSubject: Re: A question\nThread-Index: \(Self.index)\n\nShe says yes.\n"
        )
        #expect(try world.rung(kari) == 5)
    }

    @Test("R2.6: dots do not count where the provider ignores them")
    mutating func dots() throws {
        let eva = try world.enroll("eva@gmail.com")
        try world.receive("From: e.v.a+x@googlemail.com\n\nTuesday suits me well.\n")
        #expect(try world.rung(eva) == 6)
        #expect(try world.standing(eva) == "unenrolled replied")
    }

    @Test("R2.7: a subject older than sixty days tells nothing")
    mutating func oldSubject() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: anne@north.test\nCc: kari@north.test\nSubject: Re: A question\n\nYes.\n",
            minute: 61 * 1_440)
        #expect(try world.rung(kari) == nil)
    }

    @Test("R2.7: a provider's domain is no company")
    mutating func providers() throws {
        let eva = try world.enroll("eva@gmail.com")
        try world.receive("From: other@gmail.com\nCc: eva@gmail.com\nSubject: Re: A question\n\nYes.\n")
        #expect(try world.standing(eva) == "active")
    }

    @Test("R2.7: a colleague's automatic answer is not the contact's")
    mutating func colleagueAway() throws {
        let kari = try world.enroll("kari@north.test")
        try world.receive(
            "From: anne@north.test\nTo: sam@example.org, kari@north.test\nSubject: A question\nAuto-Submitted: auto-replied\n\nI am out of office until 20 December 2026.\n"
        )
        let enrollment = try world.enrollment(kari)
        #expect(enrollment.nextAt == world.base.start.addingTimeInterval(3 * 86_400))
    }
}
