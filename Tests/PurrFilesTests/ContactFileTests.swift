import PurrMail
import PurrSequences
import Testing

@testable import PurrFiles

/// All rows of a file that comes in pieces of that many bytes.
func rows(_ bytes: some Collection<UInt8>, piece: Int = 7) throws -> [ContactRow] {
    let bytes = Array(bytes)
    var file = ContactFile(name: "people.csv")
    var rows: [ContactRow] = []
    for start in stride(from: 0, to: bytes.count, by: piece) {
        rows += try file.feed(bytes[start..<min(start + piece, bytes.count)])
    }
    return rows + (try file.finish())
}

/// A row in one line: `3 kari@example.org Kari|Nordmann|Example|Europe/Oslo plan=gold`, or `3 !…`.
func summary(_ row: ContactRow) -> String {
    switch row {
    case .refused(let problem): return "\(problem.line ?? 0) !\(problem.text)"
    case .contact(let contact):
        let known = [contact.firstName, contact.lastName, contact.company, contact.zone?.identifier].map {
            $0 ?? ""
        }
        let others = contact.properties.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
        return "\(contact.line) \(contact.address) \(known.joined(separator: "|"))" + others.joined()
    }
}

func utf16(_ text: String, isBigEndian: Bool) -> [UInt8] {
    text.utf16.flatMap { unit in
        let bytes = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
        return isBigEndian ? bytes.reversed() : bytes
    }
}

@Suite("A contact file")
struct ContactFileTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
        var expected: [String]

        init(_ testDescription: String, _ text: String, _ expected: [String]) {
            self.init(testDescription, bytes: Array(text.utf8), expected)
        }

        init(_ testDescription: String, bytes: [UInt8], _ expected: [String]) {
            self.testDescription = testDescription
            self.bytes = bytes
            self.expected = expected
        }
    }

    static let ole = "email,firstName\nole@example.org,Øle\n"
    static let read = ["2 ole@example.org Øle|||"]

    @Test(
        "reads rows however it is written, and in pieces of any size",
        arguments: [
            Example(
                "all columns",
                "email,firstName,lastName,company,timeZone,plan\nkari@example.org,Kari,Nordmann,Example,Europe/Oslo,gold\n",
                ["2 kari@example.org Kari|Nordmann|Example|Europe/Oslo plan=gold"]),
            Example(
                "other names for the columns, in another order",
                "First Name;E-mail;TIME ZONE;Job title;Last order no.\nKari;kari@example.org;europe/oslo;CEO;7",
                ["2 kari@example.org Kari|||Europe/Oslo jobTitle=CEO lastOrderNo=7"]),
            Example("UTF-8", ole, read),
            Example("UTF-8 with a mark", "\u{FEFF}" + ole, read),
            Example("UTF-16 little endian", bytes: utf16("\u{FEFF}" + ole, isBigEndian: false), read),
            Example("UTF-16 big endian", bytes: utf16("\u{FEFF}" + ole, isBigEndian: true), read),
            Example("UTF-16 without a mark", bytes: utf16(ole, isBigEndian: false), read),
            Example("UTF-16 big endian without a mark", bytes: utf16(ole, isBigEndian: true), read),
            Example(
                "UTF-16 beyond the first plane",
                bytes: utf16("\u{FEFF}email,x\na@example.org,🎈\n", isBigEndian: false),
                ["2 a@example.org ||| x=🎈"]),
            Example("Latin-1", bytes: ole.unicodeScalars.map { UInt8($0.value) }, read),
            Example(
                "Windows-1252", bytes: Array("email,x\na@example.org,".utf8) + [0x93, 0x80, 0x94],
                ["2 a@example.org ||| x=“€”"]),
            Example("CRLF", ole.replacing("\n", with: "\r\n"), read),
            Example("CR", ole.replacing("\n", with: "\r"), read),
            Example("no line end at the end", "email\na@example.org", ["2 a@example.org |||"]),
            Example(
                "tabs", "email\tfirstName\na@example.org\tKari, Ola\n", ["2 a@example.org Kari, Ola|||"]),
            Example(
                "a separator that is told", "sep=;\nemail;x\na@example.org;y,z",
                ["3 a@example.org ||| x=y,z"]),
            Example(
                "quotes", "email,x,y\na@example.org,\"b,\"\"c\"\"\r\nd\", \"e\" \nb@example.org,f\"g,\n",
                ["2 a@example.org ||| x=b,\"c\"\r\nd y=e", "4 b@example.org ||| x=f\"g"]),
            Example(
                "a quoted header", "\"email\",\"first;name\"\na@example.org,Kari",
                ["2 a@example.org Kari|||"]),
            Example("blank lines", "\n\nemail,x\n\n,\na@example.org,y\n \n", ["6 a@example.org ||| x=y"]),
            Example("too few cells", "email,firstName,lastName\na@example.org\n", ["2 a@example.org |||"]),
            Example("empty cells beyond the header", "email\na@example.org,,\n", ["2 a@example.org |||"]),
            Example(
                "blanks around cells", "email , firstName\n\u{00A0} a@example.org ,\tKari \u{200B}\n",
                ["2 a@example.org Kari|||"]),
            Example(
                "an address with a name", "email\nKari <kari@example.org>\n", ["2 kari@example.org |||"]),
            Example("a header and no more", "email,firstName\n", []),
        ])
    func reads(_ example: Example) throws {
        for piece in [1, 2, 3, 7, 100_000] {
            #expect(try rows(example.bytes, piece: piece).map(summary) == example.expected)
        }
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var cells: String
        var word: String
    }

    @Test(
        "says of each bad row what is wrong with it, and reads the good ones",
        arguments: [
            Bad(testDescription: "no address", cells: ",Kari,", word: "no address"),
            Bad(
                testDescription: "no e-mail address", cells: "kari at example.org,Kari,",
                word: "\"kari at example.org\" is not an e-mail address"),
            Bad(
                testDescription: "two addresses", cells: "\"a@example.org, b@example.org\",,",
                word: "several addresses"),
            Bad(
                testDescription: "two addresses and a semicolon", cells: "a@example.org;b@example.org,,",
                word: "several addresses"),
            Bad(
                testDescription: "two addresses on two lines", cells: "\"a@example.org\nb@example.org\",,",
                word: "several addresses"),
            Bad(
                testDescription: "a second command", cells: "\"a@example.org>\r\nRCPT TO:<b\",,",
                word: "not an e-mail address"),
            Bad(
                testDescription: "an unknown zone", cells: "a@example.org,,Mars/X",
                word: "\"Mars/X\" is unknown"),
            Bad(
                testDescription: "a name of two lines",
                cells: "a@example.org,\"Kari\r\nBcc: x@example.org\",", word: "not one line"),
            Bad(testDescription: "a NUL", cells: "a@example.org,Ka\0ri,", word: "not one line"),
            Bad(
                testDescription: "too many cells", cells: "a@example.org,Kari,,x",
                word: "4 cells and the header 3"),
            Bad(testDescription: "the same again", cells: "first@example.org,,", word: "line 2 already"),
            Bad(
                testDescription: "the same in other letters", cells: "First@Example.ORG,,",
                word: "line 2 already"),
        ])
    func complains(_ bad: Bad) throws {
        let text = "email,firstName,timeZone\nfirst@example.org,,\n\(bad.cells)\nlast@example.org,,\n"
        let rows = try rows(text.utf8)
        try #require(rows.count == 3)
        guard case .refused(let problem) = rows[1] else {
            Issue.record("was read as \(summary(rows[1]))")
            return
        }
        #expect(problem.line == 3)
        #expect(problem.text.contains(bad.word))
        #expect(!problem.text.contains { $0.isNewline })
        #expect(summary(rows[0]) == "2 first@example.org |||")
        #expect(summary(rows[2]).hasSuffix(" last@example.org |||"))
    }

    struct Unusable: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
        var line: Int?
        var word: String

        init(_ testDescription: String, _ text: String, line: Int?, _ word: String) {
            self.testDescription = testDescription
            self.bytes = Array(text.utf8)
            self.line = line
            self.word = word
        }

        init(_ testDescription: String, bytes: [UInt8], line: Int?, _ word: String) {
            self.testDescription = testDescription
            self.bytes = bytes
            self.line = line
            self.word = word
        }
    }

    @Test(
        "is refused as a whole when no row can be trusted",
        arguments: [
            Unusable("empty", "", line: nil, "empty"),
            Unusable("blank", " \n\n", line: nil, "empty"),
            Unusable("a byte order mark alone", "\u{FEFF}", line: nil, "empty"),
            Unusable("no column of addresses", "name,phone\nKari,1\n", line: 1, "\"name\", \"phone\""),
            Unusable("no header", "kari@example.org,Kari\n", line: 1, "no header"),
            Unusable("a column twice", "email,E-Mail\n", line: 1, "mean the same"),
            Unusable("a property twice", "email,plan,plan\n", line: 1, "mean the same"),
            Unusable(
                "a quote that is not closed",
                "email,x\na@example.org,y\nb@example.org,\"z\nc@example.org,w\n", line: 3, "never closed"),
            Unusable(
                "a quote that is not closed in a long file",
                "email,x\n\na@example.org,\"z\n" + String(repeating: "b@example.org,y\n", count: 20_000),
                line: 3, "not closed within 250 kB"),
            Unusable(
                "a header that does not end", "\"email," + String(repeating: "x,", count: 60_000), line: 1,
                "does not end"),
            Unusable(
                "a row that does not end",
                "email,x\na@example.org," + String(repeating: "y", count: 250_001), line: 2,
                "longer than 250 kB"),
            Unusable(
                "a row with too many cells", "email,x\n" + String(repeating: ",", count: 2_000), line: 2,
                "1000 cells"),
            Unusable(
                "a workbook", bytes: [0x50, 0x4B, 0x03, 0x04, 0, 0, 0, 0], line: nil, "save it as CSV"),
            Unusable(
                "half a character",
                bytes: utf16("\u{FEFF}email\na@example.org\n", isBigEndian: false) + [0x61], line: nil,
                "cut off"),
        ])
    func refuses(_ unusable: Unusable) {
        for piece in [4_096, 10_000_000] {
            let problem = #expect(throws: FileProblem.self) { _ = try rows(unusable.bytes, piece: piece) }
            #expect(problem?.line == unusable.line)
            #expect(problem?.text.contains(unusable.word) == true)
        }
    }

    @Test("gives rows as they come, and keeps none of them back")
    func streams() throws {
        var file = ContactFile(name: "people.csv")
        #expect(
            try file.feed(Array("email\na@example.org\nb@exam".utf8)[...]).map(summary) == [
                "2 a@example.org |||"
            ])
        #expect(try file.feed(Array("ple.org\n".utf8)[...]).map(summary) == ["3 b@example.org |||"])
        #expect(try file.finish().isEmpty)
    }

    @Test("takes any bytes at all without trapping", arguments: 0..<300 as Range<UInt64>)
    func anyBytes(_ seed: UInt64) {
        var state = seed
        let parts: [[UInt8]] = [
            Array("email,x\n".utf8), Array("a@example.org".utf8), [0x22], [0x2C], [0x3B], [0x0A], [0x0D],
            [0xFF, 0xFE], [0xFE, 0xFF],
            [0xEF, 0xBB, 0xBF], [0x00], [0xC3], [0xD8, 0x00], [0x80], [0x20], Array("sep=".utf8),
        ]
        var bytes = seed.isMultiple(of: 3) ? [] : parts[0]
        for _ in 0..<60 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes += parts[Int(state >> 33) % parts.count]
        }
        let whole = try? rows(bytes, piece: 1_000).map(summary)
        let pieces = try? rows(bytes, piece: 1).map(summary)
        #expect(whole == pieces)
    }
}
