import Foundation
import PurrMail
import Testing

@Suite("Reading a header")
struct MessageHeaderTests {
    func header(_ text: String) -> MessageHeader { MessageHeader(Array(text.utf8)) }

    @Test("finds fields whatever the case, the first of several, unfolded and trimmed")
    func fields() {
        let header = header(
            "SUBJECT:  one\r\n two\r\n\tthree  \r\nsubject: other\r\nX-Empty:\r\n\r\nBody: no\r\n")
        #expect(header.first("Subject") == "one two three")
        #expect(header.all("subject") == ["one two three", "other"])
        #expect(header.first("X-Empty") == "")
        #expect(header.first("Body") == nil)
        #expect(header.names == ["subject", "subject", "x-empty"])
    }

    @Test("takes LF for CRLF, and a bare CR for nothing")
    func lineEnds() {
        #expect(header("A: 1\nB: 2\n\nC: 3").names == ["a", "b"])
        #expect(header("A: 1\rB: 2\r\n\r\n").names == ["a"])
        #expect(header("A: 1\rBcc: 2\r\n\r\n").first("A") == "1 Bcc: 2")
    }

    @Test("skips a stray line among fields, and sees the body where the empty line was forgotten")
    func strayLines() {
        let stray = header("From me Sat Oct  4 08:00:09 2025\nA: 1\nnot a field\nB: 2\n\n")
        #expect(stray.names == ["a", "b"])
        #expect(stray.hasStrayLines)
        let forgotten = IncomingMessage.read(
            Array("Subject: x\nHello Kari, how are you\nsee you: soon\nbye\n".utf8))
        #expect(forgotten.header.subject == "x")
        #expect(forgotten.plainText?.hasPrefix("Hello Kari") == true)
    }

    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String { raw }
        var raw: String
        var text: String
    }

    @Test(
        "decodes encoded words",
        arguments: [
            Example(raw: "=?UTF-8?B?Qmzl?=", text: "Blå"),
            Example(raw: "=?utf-8?q?Bl=C3=A5_b=C3=A6r?=", text: "Blå bær"),
            Example(raw: "=?utf-8*no?q?Bl=C3=A5?= x", text: "Blå x"),
            Example(raw: "=?utf-8?q?a?= =?utf-8?q?b?=", text: "ab"),
            Example(raw: "=?utf-8?q?a?=\r\n =?utf-8?q?b?= c", text: "ab c"),
            Example(raw: "=?utf-8?b?w6U=?= =?utf-8?b?w6Y=?=", text: "åæ"),
            Example(raw: "=?utf-8?q?=C3?= =?utf-8?q?=A5?=", text: "å"),
            Example(raw: "=?iso-8859-1?q?Bl=E5?=", text: "Blå"),
            Example(raw: "=?windows-1252?q?=93x=94?=", text: "“x”"),
            Example(raw: "=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", text: "日本"),
            Example(raw: "=?gb2312?B?1tC5+g==?=", text: "中国"),
            Example(raw: "=?koi8-r?Q?=D4=C5=D3=D4?=", text: "тест"),
            Example(raw: "=?shift_jis?B?k/qWew==?=", text: "日本"),
            Example(raw: "=?x-nobody?q?abc?=", text: "abc"),
            Example(raw: "=?utf-8?z?abc?=", text: "=?utf-8?z?abc?="),
            Example(raw: "=?utf-8?q?abc", text: "=?utf-8?q?abc"),
            Example(raw: "1 =? 2 ?= 3", text: "1 =? 2 ?= 3"),
        ])
    func encodedWords(_ example: Example) {
        #expect(header("Subject: \(example.raw)\r\n\r\n").subject == example.text)
    }

    @Test("reads bytes that should have been encoded")
    func rawBytes() {
        #expect(MessageHeader(Array("Subject: Blå\n\n".utf8)).subject == "Blå")
        #expect(MessageHeader(Array("Subject: Bl".utf8) + [0xE5] + Array("\n\n".utf8)).subject == "Blå")
    }

    struct DateExample: CustomTestStringConvertible, Sendable {
        var testDescription: String { field }
        var field: String
        var seconds: Double?
    }

    @Test(
        "reads dates in every usual form",
        arguments: [
            DateExample(field: "Tue, 11 Aug 2026 10:00:00 +0200", seconds: 1_786_435_200),
            DateExample(field: "11 Aug 2026 10:00 +0200 (CEST)", seconds: 1_786_435_200),
            DateExample(field: "Tue, 11 Aug 26 08:00:00 GMT", seconds: 1_786_435_200),
            DateExample(field: "Tue Aug 11 08:00:00 2026", seconds: 1_786_435_200),
            DateExample(field: "11-Aug-2026 08:00:00 UT", seconds: 1_786_435_200),
            DateExample(field: "Tue, 11 Aug 2026 04:00:00 EDT", seconds: 1_786_435_200),
            DateExample(field: "Sat, 29 Feb 2020 23:59:60 -0000", seconds: 1_583_020_800),
            DateExample(field: "Thu, 01 Jan 1970 00:00:00 +0000", seconds: 0),
            DateExample(field: "yesterday", seconds: nil),
            DateExample(field: "Tue, 99 Aug 2026 10:00:00 +0200", seconds: nil),
            DateExample(field: "Tue, 11 Aug 99999999999999999999 10:00:00", seconds: nil),
        ])
    func dates(_ example: DateExample) {
        let date = header("Date: \(example.field)\r\n\r\n").date
        #expect(date?.timeIntervalSince1970 == example.seconds)
    }

    @Test("and writing a date agree, for every day of four centuries")
    func dateRoundTrip() {
        for day in stride(from: -20_000, to: 146_097, by: 97) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 12_345)
            for offset in [0, 120, -210] {
                #expect(MailDate.date(Array(MailDate.text(date, offset: offset).utf8)) == date)
            }
        }
    }

    @Test("stops at its limits and says so")
    func limits() {
        let many = (0..<100_000).map { "X-\($0): 1\r\n" }.joined() + "\r\nbody"
        let message = IncomingMessage.read(Array(many.utf8))
        #expect(message.isTruncated)
        #expect(message.header.names.count == 2_000)
        #expect(message.plainText == "body")
    }

    struct TypeExample: CustomTestStringConvertible, Sendable {
        var testDescription: String { field }
        var field: String
        var essence: String
        var parameters: [String: String] = [:]
    }

    @Test(
        "understands content types",
        arguments: [
            TypeExample(
                field: "Text/HTML; Charset=\"utf-8\"", essence: "text/html",
                parameters: ["charset": "utf-8"]),
            TypeExample(
                field: "multipart/mixed; boundary=\"a;b\\\"c\"; x=y (comment; z=1)",
                essence: "multipart/mixed",
                parameters: ["boundary": "a;b\"c", "x": "y"]),
            TypeExample(
                field: "a/b; name*0*=utf-8'no'Bl%C3%A5; name*1=\" bær\"", essence: "a/b",
                parameters: ["name": "Blå bær"]),
            TypeExample(field: "text/plain\r\n charset=utf-8", essence: "text/plain"),
            TypeExample(field: "text", essence: "text/plain"),
            TypeExample(field: "", essence: "text/plain"),
            TypeExample(field: ";;;=;", essence: "text/plain"),
        ])
    func contentTypes(_ example: TypeExample) {
        let type = header("Content-Type: \(example.field)\r\n\r\n").contentType
        #expect(type.essence == example.essence)
        #expect(type.parameters == example.parameters)
    }
}
