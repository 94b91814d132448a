import Foundation
import PurrMail
import PurrTransport
import Testing

@Suite("Mail records")
struct MailRecordTests {
    private static func two(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }

    /// An answer that repeats the question and gives records of that type.
    private static func answer(to question: [UInt8], type: Int, _ records: [[UInt8]], code: UInt8 = 0)
        -> [UInt8]
    {
        let end = (question[12...].firstIndex(of: 0) ?? 12) + 5
        var reply =
            Array(question[0..<2]) + [0x81, 0x80 | code] + two(1) + two(records.count) + two(0) + two(0)
        reply += question[12..<end]
        for data in records {
            reply += [0xC0, 12] + two(type) + two(1) + [0, 0, 0, 60] + two(data.count) + data
        }
        return reply
    }

    private static func text(_ strings: String...) -> [UInt8] {
        strings.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    }

    private func texts(_ server: LoopbackNames) async -> NameAnswer<String> {
        let port = server.port
        return await pool.perform {
            textRecords(
                of: "example.org", server: NameServer(host: "127.0.0.1", port: port),
                timeout: .milliseconds(500))
        }
    }

    private func exchangers(_ server: LoopbackNames) async -> NameAnswer<MailExchanger> {
        let port = server.port
        return await pool.perform {
            mailExchangers(
                of: "example.org", server: NameServer(host: "127.0.0.1", port: port),
                timeout: .milliseconds(500))
        }
    }

    @Test("of text are whole, however many strings they came in")
    func text() async {
        let server = LoopbackNames {
            Self.answer(
                to: $0, type: 16, [Self.text("v=spf1 ip4:192.0", ".2.1 -all"), Self.text("other")])
        }
        guard case .records(let texts) = await texts(server) else {
            Issue.record("no answer")
            return
        }
        #expect(Set(texts) == ["v=spf1 ip4:192.0.2.1 -all", "other"])
    }

    @Test("that are not there are told apart from silence")
    func absence() async {
        #expect(await texts(LoopbackNames { Self.answer(to: $0, type: 16, []) }) == .records([]))
        #expect(await texts(LoopbackNames { Self.answer(to: $0, type: 16, [], code: 3) }) == .records([]))
        for server in [
            LoopbackNames { _ in nil }, LoopbackNames { Self.answer(to: $0, type: 16, [], code: 2) },
        ] {
            guard case .failed(let why) = await texts(server) else {
                Issue.record("silence is no absence")
                continue
            }
            #expect(!why.isEmpty)
        }
    }

    @Test("of hosts come the most preferred first; the root is no host")
    func hosts() async {
        let server = LoopbackNames {
            Self.answer(
                to: $0, type: 15,
                [
                    Self.two(20) + ServiceRecordTests.name("b.example.org"),
                    Self.two(10) + ServiceRecordTests.name("a.example.org"),
                ])
        }
        #expect(
            await exchangers(server)
                == .records([
                    MailExchanger(host: "a.example.org", preference: 10),
                    MailExchanger(host: "b.example.org", preference: 20),
                ]))
        let none = LoopbackNames { Self.answer(to: $0, type: 15, [Self.two(0) + [0]]) }
        #expect(await exchangers(none) == .records([MailExchanger(host: "", preference: 0)]))
    }

    @Test("are asked for at a server that is an address")
    func server() {
        #expect(NameServer("127.0.0.1:5353") == NameServer(host: "127.0.0.1", port: 5_353))
        #expect(NameServer("192.0.2.1")?.port == 53)
        for text in ["", "name:53", "127.0.0.1:0", "127.0.0.1:", "1:2:3"] {
            #expect(NameServer(text) == nil)
        }
    }
}
