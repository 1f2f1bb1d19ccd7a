// Command backpack is a learner's digital backpack for Open Badges.
package main

func main() {}
