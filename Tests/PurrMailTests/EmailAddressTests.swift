import Foundation
import PurrMail
import Testing

@Suite("E-mail addresses")
struct EmailAddressTests {
    @Test(
        "are refused when no mail server should be asked to deliver to them",
        arguments: [
            "", "kari", "@example.org", "kari@", "kari@example", "kari@@example.org", "ka ri@example.org",
            " kari@example.org",
            "kari@example.org ", "kari@example.org\r\nRCPT TO:<x@example.org>", "kari\u{0}@example.org",
            "kåri@example.org", "kari@-example.org", "kari@example-.org", "kari@example..org", "kari@.org",
            "kari@example.org.",
            ".kari@example.org", "kari.@example.org", "kari@[127.0.0.1]", "kari@127.0.0.1",
            "\"ka ri\"@example.org",
            "<kari@example.org>", "kari@example.org>", "a,b@example.org", "kari@exa mple.org",
            "kari@exam\u{2028}ple.org",
            String(repeating: "a", count: 65) + "@example.org",
            "a@" + String(repeating: "b", count: 64) + ".org",
            "a@" + String(repeating: "abcdefg.", count: 40) + "org",
        ])
    func refuses(_ text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test(
        "are kept as written when they are good",
        arguments: [
            "kari@example.org", "Kari.Nordmann+crm@Example.ORG", "o'hara@example.org", "a@b.co",
            "x--y@a-b.example.org",
            "da..me@docomo.test", "_dmarc@sub_domain.example.org", "1@2.example.org",
            String(repeating: "a", count: 64) + "@example.org",
        ])
    func accepts(_ text: String) throws {
        let address = try #require(EmailAddress(text))
        #expect(address.text == text)
        #expect(address.key == text.lowercased())
    }

    @Test("in another script get the domain that DNS knows")
    func internationalized() throws {
        #expect(
            try #require(EmailAddress("kari@blåbær.example.org")).text == "kari@xn--blbr-roah.example.org")
        #expect(try #require(EmailAddress("k@bücher.example.org")).domain == "xn--bcher-kva.example.org")
        #expect(try #require(EmailAddress("k@例え.テスト")).domain == "xn--r8jz45g.xn--zckzah")
        #expect(EmailAddress("k@b\u{202E}x.example.org") == nil)
    }

    @Test("that reach one mailbox have one canonical key")
    func canonical() throws {
        func key(_ text: String) throws -> String { try #require(EmailAddress(text)).canonicalKey }
        #expect(try key("Kari.Nordmann+x@googlemail.com") == "karinordmann@gmail.com")
        #expect(try key("kari.n+x@example.org") == "kari.n@example.org")
        #expect(try key("+x@example.org") == "+x@example.org")
    }

    @Test("survive being stored, and bad ones do not come back")
    func coding() throws {
        let address = try #require(EmailAddress("kari@example.org"))
        let data = try JSONEncoder().encode([address])
        #expect(try JSONDecoder().decode([EmailAddress].self, from: data) == [address])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([EmailAddress].self, from: Data(#"["a b@example.org"]"#.utf8))
        }
    }
}

@Suite("Address lists")
struct AddressListTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var field: String
        var addresses: [String]
        var names: [String?]
    }

    @Test(
        "are read as mail clients write them",
        arguments: [
            Example(testDescription: "bare", field: "a@x.test", addresses: ["a@x.test"], names: [nil]),
            Example(
                testDescription: "named", field: "Kari N <a@x.test>", addresses: ["a@x.test"],
                names: ["Kari N"]),
            Example(
                testDescription: "quoted with a comma", field: "\"N, Kari\" <a@x.test>, b@x.test",
                addresses: ["a@x.test", "b@x.test"], names: ["N, Kari", nil]),
            Example(
                testDescription: "name in a comment", field: "a@x.test (Kari (N))", addresses: ["a@x.test"],
                names: ["Kari (N)"]),
            Example(
                testDescription: "encoded", field: "=?utf-8?q?K=C3=A5re?= <a@x.test>",
                addresses: ["a@x.test"],
                names: ["Kåre"]),
            Example(
                testDescription: "a group", field: "Team: a@x.test, B <b@x.test>;, c@x.test",
                addresses: ["a@x.test", "b@x.test", "c@x.test"], names: [nil, "B", nil]),
            Example(
                testDescription: "an empty group", field: "undisclosed-recipients:;", addresses: [],
                names: []),
            Example(
                testDescription: "folded", field: "Kari\r\n N\r\n\t<a@x.test>", addresses: ["a@x.test"],
                names: ["Kari N"]),
            Example(
                testDescription: "a route", field: "<@r.test,@s.test:a@x.test>", addresses: ["a@x.test"],
                names: [nil]),
            Example(
                testDescription: "brackets forgotten", field: "Kari N a@x.test", addresses: ["a@x.test"],
                names: [nil]),
            Example(
                testDescription: "a colon in a quoted name", field: "\"Re: Kari\" <a@x.test>",
                addresses: ["a@x.test"],
                names: ["Re: Kari"]),
            Example(testDescription: "no address", field: "MAILER-DAEMON", addresses: [], names: []),
            Example(testDescription: "nobody", field: "<>", addresses: [], names: []),
        ])
    func lists(_ example: Example) {
        let header = MessageHeader(Array("From: \(example.field)\r\n\r\n".utf8))
        #expect(header.from.map(\.address.text) == example.addresses)
        #expect(header.from.map(\.name) == example.names)
        #expect(header.bareAddresses("From").map(\.text) == example.addresses)
    }

    @Test("130,000 open parentheses are 130,000 bytes and no more")
    func nested() {
        let field = "a@x.test, " + String(repeating: "(", count: 130_000) + "b@x.test"
        #expect(NamedAddress.list(in: Array(field.utf8)).map(\.address.text) == ["a@x.test"])
    }

    @Test("a name cannot smuggle in a second field")
    func controls() throws {
        let address = try #require(EmailAddress("a@x.test"))
        #expect(NamedAddress(name: "Kari\r\nBcc: b@x.test", address: address) == nil)
        #expect(NamedAddress(name: "  ", address: address)?.name == nil)
    }
}
