// A placeholder until the page is written.
export {};
