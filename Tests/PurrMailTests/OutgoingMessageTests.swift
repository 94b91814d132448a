import Foundation
import PurrMail
import Testing

/// A generator whose seed is all its state: SplitMix64.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

@Suite("Writing a message")
struct OutgoingMessageTests {
    func message(
        name: String? = nil, subject: String = "Hello", text: String = "Hi\n", html: String? = nil,
        references: [String] = [], extra: [OutgoingMessage.Field] = []
    ) throws -> OutgoingMessage {
        let sender = try #require(EmailAddress("anna@example.org"))
        let recipient = try #require(EmailAddress("kari@example.org"))
        return try OutgoingMessage(
            from: #require(NamedAddress(name: name, address: sender)), to: NamedAddress(recipient),
            subject: #require(HeaderText(subject)), messageID: #require(MessageID("1.abc@example.org")),
            date: Date(timeIntervalSince1970: 1_786_435_200), utcOffset: 120,
            inReplyTo: references.last.flatMap { MessageID($0) },
            references: references.compactMap { MessageID($0) },
            text: text, html: html, extra: extra)
    }

    @Test("gives exactly these bytes")
    func bytes() throws {
        let optOut = try #require(HeaderText("<mailto:o@example.org>"))
        let field = try #require(OutgoingMessage.Field("List-Unsubscribe", optOut))
        let rendered = try message(
            name: "Anna Ås", subject: "Re: Pris", text: "Hei Kåre\n.\nFrom here\n", html: "<p>Hei</p>",
            references: ["root@example.org", "0@example.org"], extra: [field]
        ).rendered()
        let expected = """
            Date: Tue, 11 Aug 2026 10:00:00 +0200
            From: =?UTF-8?Q?Anna_=C3=85s?= <anna@example.org>
            To: kari@example.org
            Subject: Re: Pris
            Message-ID: <1.abc@example.org>
            In-Reply-To: <0@example.org>
            References: <root@example.org> <0@example.org>
            List-Unsubscribe: <mailto:o@example.org>
            MIME-Version: 1.0
            Content-Type: multipart/alternative; boundary="=_f2b1cd12d4afb5c6"

            --=_f2b1cd12d4afb5c6
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Hei K=C3=A5re
            =2E
            =46rom here

            --=_f2b1cd12d4afb5c6
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            <p>Hei</p>
            --=_f2b1cd12d4afb5c6--

            """.replacingOccurrences(of: "\n", with: "\r\n")
        let text = String(decoding: rendered, as: UTF8.self)
        let boundary = text.components(separatedBy: "boundary=\"").last?.prefix(18) ?? ""
        #expect(text == expected.replacingOccurrences(of: "=_f2b1cd12d4afb5c6", with: boundary))
    }

    @Test("gives the same bytes every time")
    func deterministic() throws {
        #expect(try message(html: "<p>x</p>").rendered() == message(html: "<p>x</p>").rendered())
    }

    /// Reading what was written gives what was written, and the bytes obey RFC 5322 and spec M1.4.
    @Test("and reading it again agree", arguments: 0..<150 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let pieces = [
            "a", "Kåre", "日本語", " ", "  ", "=", "=?utf-8?q?x?=", ".", "From ", "--=_", "\"", "\\", ",",
            "<b>", "é", "😀", "-- ",
            "\t", "(x)", ":", "@", String(repeating: "x", count: 90), String(repeating: "word ", count: 30),
            "&amp;",
        ]
        func line(_ count: Int) -> String {
            (0..<Int.random(in: 0...count, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
        }
        func body() -> String {
            (0..<Int.random(in: 0...12, using: &random)).map { _ in line(8) }.joined(separator: "\n")
        }
        // What a field cannot keep: blanks on its sides, tabs.
        func field() -> String {
            line(10).replacingOccurrences(of: "\t", with: "").trimmingCharacters(in: .whitespaces)
        }
        let references = (0..<Int.random(in: 0...60, using: &random)).map {
            "ref.\($0).\(seed)@example.org"
        }
        let hasHTML = Bool.random(using: &random)
        let original = try message(
            name: field(), subject: field(), text: body(), html: hasHTML ? body() : nil,
            references: references)

        let bytes = original.rendered()
        let read = IncomingMessage.read(bytes)
        #expect(read.problems.isEmpty)
        #expect(read.header.subject == original.subject.text)
        #expect(read.header.from == [original.from])
        #expect(read.header.to == [original.to])
        #expect(read.header.messageID == original.messageID)
        #expect(read.header.inReplyTo == [original.inReplyTo].compactMap { $0 })
        #expect(read.header.references == OutgoingMessage.shortened(original.references))
        #expect(read.header.date == original.date)
        #expect(read.parts.first { $0.contentType.subtype == "plain" }?.text() == original.text)
        #expect(read.parts.first { $0.contentType.subtype == "html" }?.text() == original.html)

        #expect(bytes.allSatisfy { $0 < 0x80 && $0 != 0 })
        for (index, byte) in bytes.enumerated() where byte == 0x0D || byte == 0x0A {
            #expect(byte == 0x0D ? bytes[index + 1] == 0x0A : bytes[index - 1] == 0x0D)
        }
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 998 })
        #expect(!lines.contains { $0.hasPrefix(".") || $0.hasPrefix("From ") })
    }

    @Test("writes every kind of line end as CRLF, and no NUL")
    func lineEnds() throws {
        let read = try IncomingMessage.read(message(text: "a\r\nb\rc\nd\u{0}e").rendered())
        #expect(read.plainText == "a\nb\nc\nde")
    }

    @Test("drops references from the middle: the root and the last ones stay")
    func references() throws {
        let ids = (0..<100).compactMap { MessageID("\($0).0123456789012345678901234567890@example.org") }
        let kept = OutgoingMessage.shortened(ids)
        #expect(kept.first == ids.first)
        #expect(kept.last == ids.last)
        #expect(kept.map(\.description).joined(separator: " ").utf8.count <= 900)
        #expect(kept.dropFirst() == ids.suffix(kept.count - 1)[...])
        #expect(OutgoingMessage.shortened([]) == [])
        #expect(OutgoingMessage.shortened([ids[0], ids[1], ids[0]]) == [ids[0], ids[1]])
    }

    @Test(
        "has no value that ends a field early",
        arguments: [
            "a\r\nBcc: x@example.org", "a\nb", "a\u{0}", "a\u{7F}", "a\u{85}b", "a\u{2028}b", "a\tb",
        ])
    func injection(_ text: String) {
        #expect(HeaderText(text) == nil)
    }

    @Test("refuses names that are no field's", arguments: ["", "A B", "A:", "Å", "A\r\n"])
    func fieldNames(_ name: String) throws {
        let value = try #require(HeaderText("x"))
        #expect(OutgoingMessage.Field(name, value) == nil)
    }
}

@Suite("Subjects")
struct SubjectTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String { subject }
        var subject: String
        var base: String
        var isReply = false
    }

    @Test(
        "have one base in every language",
        arguments: [
            Example(subject: "Pricing", base: "Pricing"),
            Example(subject: "Re: Pricing", base: "Pricing", isReply: true),
            Example(subject: "RE: Re:re : Pricing", base: "Pricing", isReply: true),
            Example(subject: "SV: VS: Antw: Pricing", base: "Pricing", isReply: true),
            Example(subject: "AW: WG: Pricing", base: "Pricing", isReply: true),
            Example(subject: "RE[2]: Pricing", base: "Pricing", isReply: true),
            Example(subject: "Re(3): Pricing", base: "Pricing", isReply: true),
            Example(subject: "[list] Re: [list] Pricing", base: "Pricing", isReply: true),
            Example(subject: "Fwd: Pricing (fwd)", base: "Pricing"),
            Example(subject: "回复：Pricing", base: "Pricing", isReply: true),
            Example(subject: "Re: 返信: Pricing", base: "Pricing", isReply: true),
            Example(subject: "  Re:   a   b ", base: "a b", isReply: true),
            Example(subject: "Regarding: Pricing", base: "Regarding: Pricing"),
            Example(subject: "Automatic reply: Re: x", base: "Automatic reply: Re: x"),
            Example(subject: "Svar fra Kunde: x", base: "Svar fra Kunde: x"),
            Example(subject: "תגובה: x", base: "x", isReply: true),
            Example(subject: "תגובה אוטומטית: x", base: "תגובה אוטומטית: x"),
            Example(subject: "[list]", base: "[list]"),
            Example(subject: "Re:", base: "", isReply: true),
            Example(subject: "", base: ""),
        ])
    func base(_ example: Example) {
        #expect(baseSubject(example.subject) == example.base)
        #expect(isReplySubject(example.subject) == example.isReply)
    }

    @Test("of an answer begin with one Re: and keep the tag")
    func reply() {
        #expect(replySubject(to: "[Acme] Pricing") == "Re: [Acme] Pricing")
        #expect(replySubject(to: "Re: SV: Pricing") == "Re: Pricing")
    }
}
