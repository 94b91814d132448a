import PurrMail
import Testing

@Suite("Reading a message")
struct IncomingMessageTests {
    func read(_ text: String, limits: ReadingLimits = .standard) -> IncomingMessage {
        IncomingMessage.read(Array(text.utf8), limits: limits)
    }

    @Test("gives the text of a simple message")
    func simple() {
        let message = read("From: a@x.test\r\n\r\nHello\r\nthere\r\n")
        #expect(message.plainText == "Hello\nthere\n")
        #expect(message.parts.count == 1)
        #expect(message.problems.isEmpty)
    }

    @Test("prefers plain text, keeps attachments and enclosed messages out of it")
    func multipart() throws {
        let message = read(
            """
            Content-Type: multipart/mixed; boundary=out

            preamble
            --out
            Content-Type: multipart/alternative; boundary="in"

            --in
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Bl=C3=A5=
             b=C3=A6r
            --in
            Content-Type: text/html

            <p>Blå</p>
            --in--
            --out
            Content-Type: text/plain
            Content-Disposition: attachment; filename="notes.txt"

            secret
            --out
            Content-Type: message/rfc822

            Subject: inner
            Message-ID: <inner@x.test>

            inner text
            --out--
            epilogue
            """)
        #expect(message.plainText == "Blå bær")
        #expect(message.html == "<p>Blå</p>")
        #expect(
            message.parts.map(\.contentType.essence) == [
                "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/plain",
                "message/rfc822",
                "text/plain",
            ])
        #expect(message.parts.map(\.depth) == [0, 1, 2, 2, 1, 1, 2])
        #expect(message.parts.map(\.enclosure) == [0, 0, 0, 0, 0, 0, 1])
        #expect(message.parts[4].disposition?.fileName == "notes.txt")
        #expect(message.parts[4].text() == "secret")
        #expect(message.parts[5].innerHeader?.messageID?.text == "inner@x.test")
        #expect(message.parts[6].text() == "inner text")
    }

    @Test("an outer delimiter ends everything inside it")
    func missingClose() {
        let message = read(
            """
            Content-Type: multipart/mixed; boundary=out

            --out
            Content-Type: multipart/mixed; boundary=in

            --in

            one
            --out

            two
            """)
        #expect(message.plainText == "one\ntwo")
    }

    @Test("a boundary that begins like another is told from it")
    func prefixBoundary() {
        let message = read(
            "Content-Type: multipart/mixed; boundary=ab\n\n--abc\n--ab\n\none\n--abc\nstill\n--ab--\n")
        #expect(message.plainText == "one\n--abc\nstill")
    }

    @Test("finds a boundary that was not named")
    func unnamedBoundary() {
        let message = read("Content-Type: multipart/mixed\n\n--xyz1\n\none\n--xyz1--\n")
        #expect(message.plainText == "one")
    }

    @Test("reads a multipart without parts as text")
    func noParts() {
        let message = read("Content-Type: multipart/report; boundary=xyz1\n\nSorry.\n")
        #expect(message.plainText == "Sorry.\n")
        #expect(message.header.contentType.essence == "multipart/report")
        #expect(message.problems == [.noBoundary])
    }

    @Test("opens an encoded enclosed message as far as its header")
    func encodedMessage() {
        let message = read(
            """
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: message/rfc822
            Content-Transfer-Encoding: base64

            TWVzc2FnZS1JRDogPGFAeC50ZXN0PgoKaGkK
            --b--
            """)
        #expect(message.parts[1].innerHeader?.messageID?.text == "a@x.test")
    }

    struct HTML: CustomTestStringConvertible, Sendable {
        var testDescription: String { html }
        var html: String
        var text: String
    }

    @Test(
        "turns HTML into text where there is nothing else",
        arguments: [
            HTML(html: "<p>One</p><p>Two &amp; three</p>", text: "One\n\nTwo & three"),
            HTML(html: "a<br>b<br/>c", text: "a\nb\nc"),
            HTML(html: "<style>x</style><script>if (a<b)</script>hi<!-- no --> you", text: "hi you"),
            HTML(html: "<div>own</div><blockquote><div>theirs</div></blockquote>", text: "own\n> theirs"),
            HTML(html: "&#8364;&euro;&#x20AC;&nope;&", text: "€€€&nope;&"),
            HTML(html: "1 < 2 <3 <a href=\"x>y\">z</a>", text: "1 < 2 <3 z"),
            HTML(html: "<head><title>t</title><body>b", text: "b"),
            HTML(html: "<title>unclosed<body>b", text: "b"),
            HTML(html: "<td>a</td><td>b</td>", text: "a b"),
        ])
    func html(_ example: HTML) {
        #expect(read("Content-Type: text/html; charset=utf-8\n\n\(example.html)").plainText == example.text)
    }

    struct Charset: CustomTestStringConvertible, Sendable {
        var testDescription: String { name }
        var name: String
        var bytes: [UInt8]
        var text: String
        var isNoted = false
    }

    @Test(
        "knows the charsets of mail",
        arguments: [
            Charset(name: "utf-8", bytes: [0xC3, 0xA5], text: "å"),
            Charset(name: "iso-8859-1", bytes: [0xE5], text: "å"),
            Charset(name: "Windows-1252", bytes: [0x80, 0xE5], text: "€å"),
            Charset(name: "iso-8859-2", bytes: [0xB1], text: "ą"),
            Charset(name: "big5", bytes: [0xA4, 0xA4], text: "中"),
            Charset(name: "euc-kr", bytes: [0xC7, 0xD1], text: "한"),
            Charset(name: "gb18030", bytes: [0xD6, 0xD0], text: "中"),
            Charset(name: "us-ascii", bytes: [0xC3, 0xA5], text: "å"),
            Charset(name: "us-ascii", bytes: [0xE5, 0x20], text: "å "),
            Charset(name: "utf-8", bytes: [0xE5, 0x20], text: "å ", isNoted: true),
            Charset(name: "x-made-up", bytes: [0xE5, 0x20], text: "å ", isNoted: true),
            Charset(name: "shift_jis", bytes: [0x93, 0xFA, 0x81], text: "日\u{FFFD}", isNoted: true),
            Charset(name: "iso-2022-jp", bytes: [0xE6, 0x97, 0xA5], text: "日", isNoted: true),
            Charset(name: "../../etc/passwd", bytes: [0x61], text: "a"),
        ])
    func charsets(_ example: Charset) {
        let head = Array("Content-Type: text/plain; charset=\"\(example.name)\"\n\n".utf8)
        let message = IncomingMessage.read(head + example.bytes)
        #expect(message.plainText == example.text)
        if example.isNoted { #expect(message.problems.contains(.charset)) }
    }

    @Test("decodes base64 and quoted-printable as they are found, not as they should be")
    func encodings() {
        func text(_ encoding: String, _ body: String) -> String? {
            read("Content-Transfer-Encoding: \(encoding)\n\n\(body)").plainText
        }
        #expect(text("base64", "aGVs\r\nbG8=") == "hello")
        #expect(text("BASE64", "aGVs*bG8") == "hello")
        #expect(text("base64", "aGk=aGk=") == "hihi")
        #expect(text("quoted-printable", "a=3db=3Dc=\r\nd  \r\ne=") == "a=b=cd\ne")
        #expect(text("quoted-printable", "100=% a=ZZ =\n") == "100=% a=ZZ ")
        #expect(text("8bit", "a=3Db") == "a=3Db")
    }
}

@Suite("A hostile message")
struct HostileMessageTests {
    @Test("100,000 multiparts within each other end at the limit")
    func nestedMultiparts() {
        var text = ""
        for level in 0..<100_000 {
            text += "Content-Type: multipart/mixed; boundary=b\(level)\n\n--b\(level)\n"
        }
        let message = IncomingMessage.read(Array(text.utf8))
        #expect(message.problems.contains(.tooDeep))
        #expect(message.parts.count == 33)
    }

    @Test("100,000 messages within each other end at the limit")
    func nestedMessages() {
        let text = String(repeating: "Content-Type: message/rfc822\n\n", count: 100_000)
        let message = IncomingMessage.read(Array(text.utf8))
        #expect(message.problems.contains(.tooDeep))
        #expect(message.parts.count == 33)
    }

    @Test("100,000 parts beside each other end at the limit")
    func manyParts() {
        let text =
            "Content-Type: multipart/mixed; boundary=b\n\n"
            + String(repeating: "--b\n\nx\n", count: 100_000)
        let message = IncomingMessage.read(Array(text.utf8))
        #expect(message.problems.contains(.tooManyParts))
        #expect(message.parts.count == 256)
    }

    @Test(
        "of nothing but one thing is read to the end",
        arguments: [
            "(", "<", "\"", "=?utf-8?q?", "--b\n", ";", "=", "\r", "\n", "\0", " ", ":", ">", "&#", "<!--",
            "From: (\n",
            "Content-Type: multipart/mixed; boundary=\n\n--\n", "a:\n ", "-----\n", "References: <a@b",
        ])
    func repeated(_ piece: String) {
        let bytes = Array(String(repeating: piece, count: 4_000).utf8)
        for prefix in [
            "", "From: ", "Subject: ", "Content-Type: ", "Content-Type: text/html\n\n", "References: ",
        ] {
            let message = IncomingMessage.read(Array(prefix.utf8) + bytes)
            _ = (
                message.header.from, message.header.subject, message.header.references,
                message.header.contentType
            )
            #expect(!message.parts.isEmpty)
        }
    }

    @Test("cut anywhere, or with any bit turned, is still a message")
    func mutants() {
        let bytes = Array(
            """
            From: "K" <k@x.test>\r\nSubject: =?utf-8?b?w6U=?=\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r
            Content-Type: text/html; charset=shift_jis\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=93=FA&amp;\r
            --b\r\nContent-Type: message/rfc822\r\n\r\nDate: Tue, 11 Aug 2026 10:00:00 +0200\r\n\r\nx\r\n--b--\r\n
            """.utf8)
        for length in bytes.indices {
            #expect(!IncomingMessage.read(Array(bytes[..<length])).parts.isEmpty)
        }
        for index in bytes.indices {
            for bit in [0, 5, 7] {
                var mutant = bytes
                mutant[index] ^= 1 << UInt8(bit)
                let message = IncomingMessage.read(mutant)
                _ = (message.header.date, message.header.from, message.parts.map(\.contentType))
                #expect(!message.parts.isEmpty)
            }
        }
    }

    @Test("limits of zero leave something to look at")
    func zeroLimits() {
        let limits = ReadingLimits(bytes: 0, headerBytes: 0, fields: 0, depth: 0, parts: 0, textBytes: 0)
        let message = IncomingMessage.read(Array("A: 1\n\nx".utf8), limits: limits)
        #expect(message.parts.count == 1)
        #expect(message.isTruncated)
    }
}
