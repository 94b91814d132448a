import Foundation
import Glibc
import PurrTransport
import Testing

@Suite("The watch over idle sockets")
struct IdleWatchTests {
    /// A pipe whose reading end stands for a socket.
    final class Line: Sendable {
        let readEnd: Int32, writeEnd: Int32
        init() {
            var ends: [Int32] = [0, 0]
            precondition(pipe(&ends) == 0)
            (readEnd, writeEnd) = (ends[0], ends[1])
        }
        func say() { _ = write(writeEnd, "x", 1) }
        deinit {
            close(readEnd)
            close(writeEnd)
        }
    }

    @Test("wakes whose socket has something, and nobody else")
    func wakes() async {
        let watch = IdleWatch()
        let lines = (0..<100).map { _ in Line() }
        let woken = await withTaskGroup(of: Int?.self) { group in
            for (number, line) in lines.enumerated() {
                group.addTask {
                    await watch.readable(line.readEnd, until: .after(.seconds(30))) == .readable
                        ? number : nil
                }
            }
            var woken: [Int?] = []
            for number in [7, 42, 99] {
                lines[number].say()
                if let first = await group.next() { woken.append(first) }
            }
            group.cancelAll()
            for await rest in group { #expect(rest == nil) }
            return woken
        }
        #expect(woken == [7, 42, 99])
    }

    @Test("sees what was there before it looked")
    func before() async {
        let line = Line()
        line.say()
        #expect(await IdleWatch().readable(line.readEnd, until: .after(.seconds(30))) == .readable)
    }

    @Test("ends at the deadline")
    func deadline() async {
        let line = Line()
        #expect(await IdleWatch().readable(line.readEnd, until: .after(.milliseconds(20))) == .timedOut)
        #expect(await IdleWatch().readable(line.readEnd, until: .after(.milliseconds(-20))) == .timedOut)
    }

    @Test("ends when the task is cancelled, before or while it waits")
    func cancelled() async {
        let watch = IdleWatch()
        let line = Line()
        let outcome = await withTaskGroup(of: IdleWatch.Outcome.self) { group in
            group.addTask { await watch.readable(line.readEnd, until: .after(.seconds(30))) }
            group.cancelAll()
            group.addTask { await watch.readable(line.readEnd, until: .after(.seconds(30))) }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcome == [.cancelled, .cancelled])
    }

    @Test("tells a connection that has ended")
    func ended() async {
        let line = Line()
        #expect(await IdleWatch().readable(-1, until: .after(.seconds(30))) == .readable)
        shutdownWriter(line)
        #expect(await IdleWatch().readable(line.readEnd, until: .after(.seconds(30))) == .readable)
    }

    private func shutdownWriter(_ line: Line) {
        let null = open("/dev/null", O_WRONLY)
        dup2(null, line.writeEnd)
        close(null)
    }
}
