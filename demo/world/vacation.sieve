require ["vacation"];
vacation :days 1 :subject "Out of office" "Thank you for your mail. I am away and read it when I am back.";
