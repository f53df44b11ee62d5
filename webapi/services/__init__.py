"""The use cases, in the words of the domain; they are handed their repositories, know no HTTP."""
