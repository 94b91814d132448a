require ["fileinto", "mailbox"];
if address :is "from" "greta@hill.test" {
    fileinto :create "Customers";
}
