# ppd/
