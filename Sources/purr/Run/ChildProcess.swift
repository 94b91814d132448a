import Foundation
import PurrEngine
import PurrTransport

/// A program of the operator's, run once with a message on its standard input.
///
/// It gets a process group of its own, no descriptor but the three, an environment without secrets, and a
/// limit on its time; what it prints goes to stderr, where the log is.
struct ChildProcess {
    let arguments: [String]
    let seconds: Int

    init(_ program: AlarmTarget.Program) {
        arguments = program.arguments
        seconds = program.seconds
    }

    private static let kept = ["HOME", "LANG", "TZ"]

    /// Runs it to its end; blocks.
    ///
    /// - Parameter input: At most what a pipe holds, 64 KB.
    func run(input: [UInt8], cancellation: Cancellation) -> AlarmVerdict {
        guard let name = arguments.first, input.count <= 65_536 else { return .failed("nothing to run") }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return .failed("no pipe: \(words(errno))") }
        // Written while the reading end is open here, so that nobody can make the write fail or wait.
        let written = write(ends[1], input, input.count)
        close(ends[1])
        defer { close(ends[0]) }
        guard written == input.count else { return .failed("the message could not be passed on") }
        let (code, process) = spawn(name, input: ends[0])
        guard code == 0 else { return .failed("\(name) cannot be run: \(words(code))") }
        return wait(for: process, cancellation: cancellation)
    }

    private func spawn(_ name: String, input: Int32) -> (code: Int32, process: pid_t) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, 2, 1)
        // glibc's closefrom is not visible from Swift. What is gone by then is no error (glibc closes leniently).
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for number in open.compactMap(Int32.init) where number > 2 {
            posix_spawn_file_actions_addclose(&actions, number)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that we ignore or hold back would stay so in the child.
        var none = sigset_t()
        sigemptyset(&none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGPIPE, SIGTERM, SIGINT, SIGHUP] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let environment = ProcessInfo.processInfo.environment
        let variables =
            ["PATH=/usr/local/bin:/usr/bin:/bin"]
            + Self.kept.compactMap { key in environment[key].map { "\(key)=\($0)" } }
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) }
        defer { for text in argv + envp { free(text) } }
        argv.append(nil)
        envp.append(nil)
        var process: pid_t = 0
        let code = posix_spawn(&process, name, &actions, &attributes, argv, envp)
        return (code, process)
    }

    private func wait(for process: pid_t, cancellation: Cancellation) -> AlarmVerdict {
        let end = ContinuousClock.now + .seconds(seconds)
        var status: Int32 = 0
        while true {
            let found = waitpid(process, &status, WNOHANG)
            if found == process { return verdict(status) }
            guard found == 0 || errno == EINTR else { return .failed("it cannot be waited for") }
            let isLate = ContinuousClock.now >= end
            if isLate || cancellation.isCancelled {
                kill(-process, SIGKILL)
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                return isLate ? .failed("it took longer than \(seconds) s and was killed") : .cancelled
            }
            // Nothing to be read: a wait that a signal may cut short.
            _ = poll(nil, 0, 20)
        }
    }

    private func verdict(_ status: Int32) -> AlarmVerdict {
        let signal = status & 0x7F
        guard signal == 0 else { return .failed("it was ended by signal \(signal)") }
        let code = (status >> 8) & 0xFF
        return code == 0 ? .delivered("it ended with 0") : .failed("it ended with \(code)")
    }

    private func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}
