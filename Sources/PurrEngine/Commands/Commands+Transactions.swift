internal import PurrFiles
internal import PurrStore

extension Commands {
    /// One transaction that changes something; a refusal thrown inside takes all of it back.
    func change<Value>(_ body: (Transaction) throws -> Value) throws -> Value {
        let own = OwnErrors()
        do { return try store.write { try own.noting(body, $0) } } catch { throw own.error ?? error }
    }

    /// One transaction that only looks.
    func look<Value>(_ body: (Transaction) throws -> Value) throws -> Value {
        let own = OwnErrors()
        do { return try store.read { try own.noting(body, $0) } } catch { throw own.error ?? error }
    }

    /// Carries our own errors past the store, which would take them for the database's.
    private final class OwnErrors {
        private(set) var error: (any Error)?

        func noting<Value>(_ body: (Transaction) throws -> Value, _ transaction: Transaction) throws
            -> Value
        {
            error = nil
            do { return try body(transaction) } catch {
                if error is CommandError || error is FileProblem { self.error = error }
                throw error
            }
        }
    }
}
