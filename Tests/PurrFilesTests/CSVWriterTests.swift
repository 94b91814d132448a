import Foundation
import PurrFiles
import Testing

@Suite("Tables for spreadsheets")
struct CSVWriterTests {
    struct Example: CustomTestStringConvertible, Sendable {
        let cell: String
        let written: String
        var testDescription: String { cell }
    }

    @Test(
        "quote what needs it, and keep text from being calculated",
        arguments: [
            Example(cell: "Ola", written: "Ola"), Example(cell: "", written: ""),
            Example(cell: "Nord, Øst", written: "\"Nord, Øst\""),
            Example(cell: "the \"best\"", written: "\"the \"\"best\"\"\""),
            Example(cell: "two\nlines", written: "\"two\nlines\""),
            Example(cell: "a;b", written: "\"a;b\""), Example(cell: " padded ", written: "\" padded \""),
            Example(cell: "=HYPERLINK(1)", written: "'=HYPERLINK(1)"),
            Example(cell: "+47 22 33", written: "'+47 22 33"), Example(cell: "-1", written: "'-1"),
            Example(cell: "@SUM(A1)", written: "'@SUM(A1)"), Example(cell: "\t=1", written: "\"'\t=1\""),
            Example(cell: "＝1", written: "'＝1"), Example(cell: "'=1", written: "''=1"),
            Example(cell: "O'Hara", written: "O'Hara"), Example(cell: "'tis", written: "'tis"),
            Example(cell: "a=b", written: "a=b"),
        ])
    func written(_ example: Example) {
        #expect(CSVWriter.line([.text(example.cell), .number(-7)]) == example.written + ",-7\r\n")
    }

    @Test(
        "come back as they were when they are imported",
        arguments: ["=1+1", "+47 22", "'=x", "''-y", "'tis", "a\"b"])
    func roundTrip(_ text: String) throws {
        let table =
            CSVWriter.line([.text("email"), .text("phone")])
            + CSVWriter.line([.text("ola@north.test"), .text(text)])
        var file = PurrFiles.ContactFile(name: "c.csv")
        let rows = try file.feed(Array(table.utf8)[...]) + file.finish()
        guard case .contact(let contact) = try #require(rows.first) else {
            Issue.record("the row was refused")
            return
        }
        #expect(contact.properties["phone"] == text)
    }

    @Test("write shares with a point and four digits at most, in any language")
    func fractions() {
        let shares: [Double?] = [0, 1, 0.5, 1.0 / 3, 0.00004, nil]
        #expect(CSVWriter.line(shares.map { .fraction($0) }) == "0,1,0.5,0.3333,0,\r\n")
    }
}
