internal import GRDB

extension Store {
    /// How many statements SQLite runs for something, for tests that hold work to what there is to do.
    package func statementCount(of body: () throws -> Void) throws -> Int {
        final class Counter { var value = 0 }
        let counter = Counter()
        queue.inDatabase { $0.trace { _ in counter.value += 1 } }
        defer { queue.inDatabase { $0.trace(nil) } }
        try body()
        return counter.value
    }
}
