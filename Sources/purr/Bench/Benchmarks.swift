internal import Foundation
internal import Glibc
internal import PurrReplies

/// The benchmarks' Swift side, for `bench/run`: one measurement per call, its figures as one line of JSON.
///
/// - Parameter arguments: The benchmark's name, then `--option value` pairs.
func runBenchmark(_ arguments: [String]) async throws {
    guard let name = arguments.first else {
        throw BenchmarkProblem("Name a benchmark; bench/run knows them.")
    }
    let options = try BenchmarkOptions(arguments.dropFirst())
    let figures: [String: Double]
    switch name {
    case "fields": return print(fieldsWanted.joined(separator: "\n"))
    case "headers": figures = try headerSync(options)
    case "prepare": figures = try prepareDatabase(options)
    case "planning": figures = try planning(options)
    case "gate": figures = try gate(options)
    case "idle": figures = try await idleMailboxes(options)
    default: throw BenchmarkProblem("There is no benchmark \"\(name)\".")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    print(String(decoding: try encoder.encode(figures), as: UTF8.self))
}

/// Why a measurement cannot be made.
struct BenchmarkProblem: Error, CustomStringConvertible {
    let description: String
    init(_ text: String) { description = text }
}

/// `--option value` pairs.
struct BenchmarkOptions {
    private var values: [String: String] = [:]

    init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let name = rest.popFirst() {
            guard name.hasPrefix("--"), let value = rest.popFirst() else {
                throw BenchmarkProblem("Not an option with its value: \(name)")
            }
            values[String(name.dropFirst(2))] = value
        }
    }

    func text(_ name: String) throws -> String {
        guard let value = values[name] else { throw BenchmarkProblem("--\(name) is missing.") }
        return value
    }

    func number(_ name: String, else standard: Int? = nil) throws -> Int {
        if values[name] == nil, let standard { return standard }
        guard let number = Int(try text(name)) else { throw BenchmarkProblem("--\(name) is not a number.") }
        return number
    }
}

extension Duration {
    /// In seconds.
    var inSeconds: Double { self / .seconds(1) }
}

/// What the kernel says of this process.
enum ProcessFigures {
    /// A number from `/proc/self/status`: `VmRSS` and `VmHWM` in KB, `Threads`.
    static func status(_ name: String) throws -> Double {
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
            if let number = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({
                Double($0)
            }) {
                return number
            }
        }
        throw BenchmarkProblem("The kernel does not tell \(name).")
    }

    /// Seconds of processor time that this process has used so far, threads that have ended included.
    static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
