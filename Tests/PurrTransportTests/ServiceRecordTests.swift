import Foundation
import Glibc
import PurrTransport
import Testing

@Suite("Service records")
struct ServiceRecordTests {
    /// A name server on loopback, which stays to the end of the process: a closed descriptor's number would
    /// be another server's.
    final class NameServer: Sendable {
        let port: Int

        init(answering answer: @escaping @Sendable ([UInt8]) -> [UInt8]?) {
            let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    precondition(
                        bind(socket, pointer, length) == 0 && getsockname(socket, pointer, &length) == 0
                    )
                }
            }
            port = Int(UInt16(bigEndian: address.sin_port))
            Thread.detachNewThread {
                var question = [UInt8](repeating: 0, count: 1_500)
                // Until the socket is closed: a thread that goes on then takes a core from all other tests.
                var isOpen = true
                while isOpen {
                    var client = sockaddr_storage()
                    var clientLength = socklen_t(MemoryLayout<sockaddr_storage>.size)
                    withUnsafeMutablePointer(to: &client) { pointer in
                        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                            let count = recvfrom(
                                socket, &question, question.count, 0, pointer, &clientLength)
                            isOpen = count >= 0
                            guard count > 0, let reply = answer(Array(question.prefix(count))) else {
                                return
                            }
                            sendto(socket, reply, reply.count, 0, pointer, clientLength)
                        }
                    }
                }
            }
        }
    }

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

    private func ask(_ server: NameServer, timeout: Duration = .seconds(5)) async -> [ServiceRecord] {
        let port = server.port
        return await pool.perform {
            serviceRecords(
                for: "_imaps._tcp.example.org", server: ("127.0.0.1", port), timeout: timeout)
        }
    }

    @Test("come lowest priority first, then highest weight")
    func order() async {
        let server = NameServer {
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
        #expect(await ask(NameServer { Self.answer(to: $0, [(0, 0, 0, ".")]) }).isEmpty)
        #expect(await ask(NameServer { Self.answer(to: $0, []) }).isEmpty)
        #expect(await ask(NameServer { Self.answer(to: $0, [], code: 3) }).isEmpty)
    }

    @Test("from a name server that lies or is silent are none")
    func broken() async {
        #expect(await ask(NameServer { _ in [1, 2, 3] }, timeout: .milliseconds(300)).isEmpty)
        #expect(await ask(NameServer { _ in nil }, timeout: .milliseconds(300)).isEmpty)
        #expect(
            await ask(
                NameServer { Array(Self.answer(to: $0, [(1, 1, 1, "a.test")]).dropLast(4)) },
                timeout: .milliseconds(300)
            )
            .isEmpty)
    }
}
