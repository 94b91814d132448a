import Foundation
import PurrTransport
import Testing

@Suite("Service records")
struct ServiceRecordTests {
    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    static func answer(to question: [UInt8], _ records: [(Int, Int, Int, String)], code: UInt8 = 0)
        -> [UInt8]
    {
        func two(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
        let end = 12 + (question[12...].firstIndex(of: 0) ?? 12) - 12 + 5
        var reply =
            Array(question[0..<2]) + [0x81, 0x80 | code] + two(1) + two(records.count) + two(0) + two(0)
        reply += question[12..<end]
        for (priority, weight, port, host) in records {
            let data = two(priority) + two(weight) + two(port) + (host == "." ? [0] : name(host))
            reply += [0xC0, 12] + two(33) + two(1) + [0, 0, 0, 60] + two(data.count) + data
        }
        return reply
    }

    private func ask(_ server: LoopbackNames, timeout: Duration = .seconds(5)) async -> [ServiceRecord] {
        let port = server.port
        return await pool.perform {
            serviceRecords(
                for: "_imaps._tcp.example.org", server: NameServer(host: "127.0.0.1", port: port),
                timeout: timeout)
        }
    }

    @Test("come lowest priority first, then highest weight")
    func order() async {
        let server = LoopbackNames {
            Self.answer(
                to: $0,
                [
                    (20, 0, 993, "late.example.org"), (10, 1, 993, "light.example.org"),
                    (10, 9, 994, "heavy.example.org"),
                ])
        }
        let records = await ask(server)
        #expect(records.map(\.host) == ["heavy.example.org", "light.example.org", "late.example.org"])
        #expect(records.first?.port == 994)
    }

    @Test("of a service that is not offered are none")
    func notOffered() async {
        #expect(await ask(LoopbackNames { Self.answer(to: $0, [(0, 0, 0, ".")]) }).isEmpty)
        #expect(await ask(LoopbackNames { Self.answer(to: $0, []) }).isEmpty)
        #expect(await ask(LoopbackNames { Self.answer(to: $0, [], code: 3) }).isEmpty)
    }

    @Test("from a name server that lies or is silent are none")
    func broken() async {
        #expect(await ask(LoopbackNames { _ in [1, 2, 3] }, timeout: .milliseconds(300)).isEmpty)
        #expect(await ask(LoopbackNames { _ in nil }, timeout: .milliseconds(300)).isEmpty)
        #expect(
            await ask(
                LoopbackNames { Array(Self.answer(to: $0, [(1, 1, 1, "a.test")]).dropLast(4)) },
                timeout: .milliseconds(300)
            )
            .isEmpty)
    }
}
