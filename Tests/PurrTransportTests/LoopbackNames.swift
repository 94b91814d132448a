import Foundation
import Glibc

/// A name server on loopback, which stays to the end of the process: a closed descriptor's number would
/// be another server's.
final class LoopbackNames: Sendable {
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
